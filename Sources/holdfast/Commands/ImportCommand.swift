import ArgumentParser

/// Imports a portfolio.
struct ImportCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import partners, programmes, customers, balances and cards from NDJSON.",
    discussion: """
      One object a line, named by its own reference; later lines and later imports refer to it. A
      line is applied completely or not at all, and the same file again changes nothing. Refused
      lines are printed; status 1 when there are any. With --json each result is a line of its
      own, and the last line has the counts.

      LINES
        {"partner":{"ref":"p1","name":"Acme"}}
        {"program":{"ref":"g1","partner":"p1","name":"Acme EUR","binRange":{"from":"400000000",
          "to":"400000999"},"currency":"EUR","funding":"DEPOSIT"}}
        {"partnerBalance":{"partner":"p1","kind":"DEPOSIT","currency":"EUR","reload":1000000}}
        {"customer":{"ref":"u1","partner":"p1","externalId":"1001","kyc":"STRONG"}}
        {"balance":{"ref":"b1","customer":"u1","program":"g1","currency":"EUR","reload":5000}}
        {"card":{"ref":"c1","balance":"b1","pan":"…","expiry":"3012","type":"VIRTUAL",
          "state":"ACTIVE"}}
      Each is one line in the file; sums are in minor units.

      EXAMPLES
        holdfast import portfolio.ndjson
        zcat portfolio.ndjson.gz | holdfast import -
      """
  )

  @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"))
  var file: String

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let source = try ImportSource(file)
    try await ImportRun(source: source, output: output, bar: ProgressBar()).run(session)
  }
}
