"""The life of a payment, seen from a network's side of the wire.

Stories against one user's balance: what is answered, and how hold and booking of the user and of the
deposit behind it change together.
"""

import datetime
import time
from typing import Dict, Optional, Tuple

import cmf

Fields = Dict[int, cmf.Value]

FOLLOWS = (2, 3, 7, 12, 32, 37, 41, 42)
"""What a later message about a payment repeats of its first."""


class Life:
    """Plays stories with the card `c-life-0` on the balance `b-life`."""

    def __init__(self, suite, link):
        self.suite = suite
        self.report = suite.report
        self.link = link
        self.pan = suite.pans["c-life-0"]
        self.second = 0
        self.first_event = 0

    # Messages.

    def purchase(self, minor_units: int, **changes) -> Fields:
        # Each payment has a second of its own, as payments of one card have.
        self.second += 1
        moment = datetime.datetime(2026, 6, 1) + datetime.timedelta(seconds=self.second)
        fields = self.suite.messages.purchase(self.pan, minor_units, **changes)
        if "DE12" not in changes:
            fields[12] = moment.strftime("%Y%m%d%H%M%S")
        return fields

    def follow(self, first: Fields, mti: str, function: str, **changes) -> Fields:
        """A later message about a payment whose first message was `first` of type `mti`."""
        fields = {number: first[number] for number in FOLLOWS if number in first}
        fields[4] = first.get(4)
        fields[11] = self.suite.messages.next_serial()
        fields[24] = function
        fields[25] = {"4": "4021", "2": "1004"}.get(function[0], "1000")
        fields[56] = f"{mti}{first[11]}{first[12]}{first.get(32, '')}"
        for name, value in changes.items():
            number = int(name.removeprefix("DE"))
            if value is None:
                fields.pop(number, None)
            else:
                fields[number] = value
        return {number: value for number, value in fields.items() if value is not None}

    def send(self, mti: str, fields: Fields) -> Tuple[str, Fields]:
        data = self.link.exchange(cmf.pack(mti, fields))
        return cmf.unpack(data)

    # Checks.

    def standing(self) -> Tuple[int, int, int, int]:
        """Ledger and hold of the user, then of the deposit."""
        user, deposit = self.suite.figures("life"), self.suite.deposit("p1")
        return user[0], user[1], deposit[0], deposit[1]

    def step(
        self,
        name: str,
        mti: str,
        fields: Fields,
        action: str,
        booked: int = 0,
        held: int = 0,
    ) -> Fields:
        """Sends a message; checks its answer and that user and deposit moved alike."""
        before = self.standing()
        answer_mti, answer = self.send(mti, fields)
        after = self.standing()
        self.report.equal(
            name,
            (
                answer_mti,
                answer.get(39),
                tuple(new - old for new, old in zip(after, before)),
            ),
            (cmf.answer_type(mti), action, (-booked, held, -booked, held)),
        )
        return answer

    def approve(self, name: str, minor_units: int, **changes) -> Fields:
        fields = self.purchase(minor_units, **changes)
        self.step(f"{name}: approval", "2100", fields, "0000", held=minor_units)
        return fields

    def payment(self, name: str = "life") -> dict:
        """The newest payment of the card."""
        status, value = self.suite.management.call(
            "GET", f"/secure/authorizations?cardId={self.suite.ids['c-life-0']}&limit=1",
            partner=self.suite.ids["p1"],
        )
        return value["data"][0] if status == 200 and value["data"] else {}

    def feed(self, after: int, partner=None) -> list:
        """All events behind one, in small pages."""
        found = []
        path = "/secure/events" if partner else "/admin/events"
        while True:
            status, page = self.suite.management.call(
                "GET", f"{path}?after={after}&limit=37", partner=partner)
            self.report.equal("events: a page", status, 200)
            found += page["data"]
            after = int(page["next"])
            if not page["hasMore"]:
                return found

    # Stories.

    def run(self) -> None:
        _, page = self.suite.management.call("GET", "/admin/events?after=latest")
        self.first_event = int(page["next"])
        for story in (
            self.reversals,
            self.reversal_first,
            self.partial_reversals,
            self.increments,
            self.completions,
            self.single_messages,
            self.advices,
            self.credits,
            self.questions,
            self.partial_approvals,
            self.voids,
            self.notifications,
            self.currencies,
            self.extras,
            self.events,
            self.business_days,
        ):
            self.report.group(story.__name__.replace("_", " "), story)

    def reversals(self) -> None:
        first = self.approve("reversal", 4_200)
        reversal = self.follow(first, "2100", "400")
        answer = self.step("reversal: released", "2420", reversal, "4000", held=-4_200)
        again = self.step("reversal: repeated as 2421", "2421", reversal, "4000")
        self.report.equal("reversal: the repeat is answered alike", again, answer)
        other = self.follow(first, "2100", "400")
        self.step("reversal: by another message", "2420", other, "4000")
        self.report.equal("reversal: state", self.payment().get("state"), "REVERSED")
        request = self.follow(self.approve("request", 700), "2100", "400", DE25="4000")
        self.step("reversal: asked with 2400", "2400", request, "4000", held=-700)
        changed = dict(request)
        changed[4] = cmf.amount("978", 2, 1)
        self.step("reversal: same key, other content", "2401", changed, "9113")

        first = self.approve("no DE 56", 900)
        self.step("reversal: found by DE 37", "2420",
                  self.follow(first, "2100", "400", DE56=None), "4000", held=-900)
        first = self.approve("no DE 56 nor 37", 900)
        self.step("reversal: found by DE 12, 32 and 41", "2420",
                  self.follow(first, "2100", "400", DE56=None, DE37=None), "4000", held=-900)
        first = self.approve("short DE 56", 900)
        short = f"2101{first[11]}{first[12]}"
        self.step("reversal: DE 56 without acquirer, of a repeat", "2420",
                  self.follow(first, "2100", "400", DE56=short), "4000", held=-900)
        refused = self.purchase(999_999_999)
        self.step("reversal: a purchase is refused", "2100", refused, "1016")
        self.step("reversal: of a refused one", "2420", self.follow(refused, "2100", "400"), "4000")

    def reversal_first(self) -> None:
        late = self.purchase(1_100)
        self.step("tombstone: the reversal comes first", "2420",
                  self.follow(late, "2100", "400"), "9114")
        self.step("tombstone: its original is refused", "2100", late, "1000")
        self.step("tombstone: and stays refused", "2101", late, "1000")
        self.step("tombstone: another purchase is not", "2100", self.purchase(1_100), "0000",
                  held=1_100)
        unknown = self.purchase(500)
        unknown[2] = cmf.card_number("400000", 987_654_321)
        self.step("tombstone: of a card that nobody has", "2420",
                  self.follow(unknown, "2100", "400"), "9114")

    def partial_reversals(self) -> None:
        def both(stays: int, original: int) -> dict:
            return {
                "DE4": cmf.amount("978", 2, stays),
                "DE30": {"0": cmf.amount("978", 2, original), "1": "0" * 16},
                "DE25": "4004",
            }

        first = self.approve("partial", 10_000)
        self.step("partial: DE 4 stays", "2420",
                  self.follow(first, "2100", "401", **both(6_000, 10_000)), "4000", held=-4_000)
        self.step("partial: DE 30 stays", "2420",
                  self.follow(first, "2100", "401", **both(6_000, 2_500)), "4000", held=-3_500)
        self.step("partial: neither fits", "2420",
                  self.follow(first, "2100", "401", **both(100, 9_999)), "9100")
        self.step("partial: more than is held", "2420",
                  self.follow(first, "2100", "401", **both(2_500, 9_999)), "9100")
        self.step("partial: nothing to release", "2420",
                  self.follow(first, "2100", "401", **both(2_500, 2_500)), "4000")
        self.step("partial: then all", "2420",
                  self.follow(first, "2100", "400", DE4=cmf.amount("978", 2, 10_000)), "4000",
                  held=-2_500)

    def increments(self) -> None:
        first = self.approve("hotel", 20_000)
        raised = self.follow(first, "2100", "187", DE4=cmf.amount("978", 2, 5_000), DE25=None,
                             DE22=first[22], DE26="7011")
        self.step("hotel: increment", "2100", raised, "0000", held=5_000)
        refused = self.follow(first, "2100", "187", DE4=cmf.amount("978", 2, 999_999_999),
                              DE25=None, DE22=first[22], DE26="7011")
        self.step("hotel: increment above the funds", "2100", refused, "1016")
        total = self.follow(first, "2100", "102", DE4=cmf.amount("978", 2, 22_000), DE25=None,
                            DE22=first[22], DE26="7011",
                            DE30={"0": cmf.amount("978", 2, 25_000), "1": "0" * 16})
        self.step("hotel: replacement by less", "2100", total, "0000", held=-3_000)
        self.step("hotel: the increment reversed", "2420",
                  self.follow({**first, 11: raised[11]}, "2100", "400"), "4000", held=-5_000)
        self.step("hotel: completion", "2220",
                  self.follow(first, "2100", "202", DE4=cmf.amount("978", 2, 16_500), DE39="0000"),
                  "9001", booked=16_500, held=-17_000)
        self.step("hotel: increment of what has ended", "2100",
                  self.follow(first, "2100", "187", DE4=cmf.amount("978", 2, 5_000), DE25=None,
                              DE22=first[22], DE26="7011"), "1033")
        unknown = self.purchase(100)
        self.step("hotel: increment of nothing", "2100",
                  self.follow(unknown, "2100", "187", DE25=None, DE22=unknown[22], DE26="7011"),
                  "9114")

    def completions(self) -> None:
        def clearing(first: Fields, minor_units: int, function: str = "202", **changes) -> Fields:
            return self.follow(first, "2100", function, DE4=cmf.amount("978", 2, minor_units),
                               DE39="0000", **changes)

        first = self.approve("less", 5_000)
        advice = clearing(first, 4_230)
        self.step("completion: for less", "2220", advice, "9001", booked=4_230, held=-5_000)
        self.step("completion: repeated", "2221", advice, "9001")
        self.step("completion: another after it is booked", "2220", clearing(first, 10), "9001",
                  booked=10)
        self.report.check("completion: the late one is flagged",
                          "FORCE_POST" in self.payment().get("flags", []))
        first = self.approve("same", 700)
        self.step("completion: same amount", "2220", clearing(first, 700, "201", DE56=None),
                  "9001", booked=700, held=-700)
        first = self.approve("tip", 5_000, DE26="5812")
        self.step("completion: with a tip", "2220", clearing(first, 6_000), "9001", booked=6_000,
                  held=-5_000)
        first = self.approve("reversed", 300)
        self.step("completion: reversed", "2420", self.follow(first, "2100", "400"), "4000",
                  held=-300)
        self.step("completion: after the reversal", "2220", clearing(first, 300), "9001",
                  booked=300)
        first = self.approve("flight", 90_000, DE26="4511")
        for part in (30_000, 20_000):
            self.step(f"split: {part}", "2220", clearing(first, part), "9001", booked=part,
                      held=-part)
        self.step("split: the last", "2220", clearing(first, 40_000), "9001", booked=40_000,
                  held=-40_000)
        lonely = self.purchase(800)
        self.step("force post: nothing was authorized", "2220",
                  self.follow(lonely, "2100", "201", DE56=None, DE39="0000"), "9001", booked=800)
        first = self.approve("asked", 1_000)
        self.step("asked completion: too much", "2200",
                  clearing(first, 2_000, DE22=first[22], DE26="5411", DE25=None), "1074")
        self.step("asked completion", "2200",
                  clearing(first, 900, DE22=first[22], DE26="5411", DE25=None), "0000",
                  booked=900, held=-1_000)

    def single_messages(self) -> None:
        cash = self.purchase(6_000, DE3="010000", DE24="200", DE26="6011")
        self.step("cash: debited at once", "2200", cash, "0000", booked=6_000)
        self.step("cash: its presentment is no second debit", "2220",
                  self.follow(cash, "2200", "201", DE39="0000"), "9001")
        cash = self.purchase(4_000, DE3="010000", DE24="200", DE26="6011")
        self.step("cash: another", "2200", cash, "0000", booked=4_000)
        self.step("cash: the machine gave none", "2420",
                  self.follow(cash, "2200", "400", DE25="4017"), "4000", booked=-4_000)
        self.step("cash: told by another message", "2420",
                  self.follow(cash, "2200", "400", DE25="4017"), "4000")
        cash = self.purchase(4_000, DE3="010000", DE24="200", DE26="6011")
        self.step("cash: a third", "2200", cash, "0000", booked=4_000)
        self.step("cash: the machine gave less", "2420",
                  self.follow(cash, "2200", "401", DE4=cmf.amount("978", 2, 1_000),
                              DE30={"0": cmf.amount("978", 2, 4_000), "1": "0" * 16}),
                  "4000", booked=-3_000)

    def advices(self) -> None:
        advice = self.purchase(2_500, DE25="1003", DE39="0000", DE38="STIP01")
        self.step("stand-in: booked as a hold", "2120", advice, "9001", held=2_500)
        self.step("stand-in: repeated", "2121", advice, "9001")
        self.step("stand-in: reversed", "2420", self.follow(advice, "2120", "400"), "4000",
                  held=-2_500)
        refused = self.purchase(2_500, DE25="1003", DE39="1016")
        self.step("stand-in: a refusal holds nothing", "2120", refused, "9000")
        above = self.purchase(900_000_000, DE25="1003", DE39="0000")
        self.step("stand-in: above the funds", "2120", above, "9001", held=900_000_000)
        self.step("stand-in: and back", "2420", self.follow(above, "2120", "400"), "4000",
                  held=-900_000_000)
        asked = self.approve("stand-in over a request", 1_000)
        told = dict(asked) | {11: self.suite.messages.next_serial(), 25: "1002", 39: "0000"}
        self.step("stand-in: the request had arrived, and holds once", "2120", told, "9001")
        self.step("stand-in: its reversal ends it", "2420", self.follow(asked, "2100", "400"),
                  "4000", held=-1_000)

    def credits(self) -> None:
        refund = self.purchase(1_500, DE3="200000")
        self.step("refund: authorized", "2100", refund, "0000")
        self.step("refund: cleared", "2220",
                  self.follow(refund, "2100", "201", DE39="0000"), "9001", booked=-1_500)
        self.step("refund: voided", "2220",
                  self.follow(refund, "2100", "200", DE3="220000", DE39="0000"), "9001",
                  booked=1_500)
        at_once = self.purchase(1_500, DE3="200000", DE24="200")
        self.step("refund: at once", "2200", at_once, "0000", booked=-1_500)
        self.step("refund: reversed", "2420", self.follow(at_once, "2200", "400"), "4000",
                  booked=1_500)
        original = self.purchase(2_000, DE3="260000", DE24="200")
        self.step("original credit", "2200", original, "0000", booked=-2_000)

    def questions(self) -> None:
        inquiry = self.purchase(1, DE3="300000", DE4=None)
        answer = self.step("inquiry", "2100", inquiry, "0000")
        ledger, _, available = self.suite.figures("life")
        expected = "".join(
            f"00{kind}9782{'C' if value >= 0 else 'D'}{abs(value):012d}"
            for kind, value in (("01", ledger), ("02", available))
        )
        self.report.equal("inquiry: DE 54", answer.get(54), expected)
        self.step("verification: no amount to hold", "2100", self.purchase(0), "0085")
        self.step("verification: DE 24 = 113", "2100", self.purchase(0, DE24="113", DE4=None), "0085")
        unknown = self.purchase(0)
        unknown[2] = cmf.card_number("400000", 987_654_322)
        self.step("verification: of a card that nobody has", "2100", unknown, "1018")

    def partial_approvals(self) -> None:
        _, _, available = self.suite.figures("life")
        asked = self.purchase(available + 1_000, DE24="181")
        answer = self.step("partial approval", "2100", asked, "0002", held=available)
        self.report.equal("partial approval: DE 4 and 30",
                          (answer.get(4), (answer.get(30) or {}).get("0")),
                          (cmf.amount("978", 2, available), asked[4]))
        again = self.step("partial approval: repeated", "2101", asked, "0002")
        self.report.equal("partial approval: the repeat is answered alike", again, answer)
        self.step("partial approval: nothing is left", "2100", self.purchase(1, DE24="181"), "1016")
        self.step("partial approval: back", "2420",
                  self.follow(asked, "2100", "400"), "4000", held=-available)
        self.step("partial approval: not for this terminal", "2100",
                  self.purchase(available + 1_000), "1016")

    def voids(self) -> None:
        first = self.approve("void", 600)
        self.step("void", "2100",
                  self.follow(first, "2100", "100", DE3="020000", DE25=None, DE22=first[22],
                              DE26="5411"), "0000", held=-600)

    def notifications(self) -> None:
        """2240 and 2440 are booked, and nobody waits for an answer."""
        first = self.approve("notification", 400)
        before = self.standing()
        told = self.follow(first, "2100", "201", DE39="0000")
        self.link.send(cmf.pack("2240", told))
        echo = self.suite.messages.network("831")
        mti, answer = self.send("2804", echo)
        self.report.equal("notification: only the echo is answered", (mti, answer.get(11)),
                          ("2814", echo[11]))
        deadline = time.monotonic() + 5
        expected = (before[0] - 400, before[1] - 400, before[2] - 400, before[3] - 400)
        while self.standing() != expected and time.monotonic() < deadline:
            time.sleep(0.02)
        self.report.equal("notification: booked", self.standing(), expected)

    def currencies(self) -> None:
        dollars = cmf.amount("840", 2, 1_000)
        self.step("currency: no rate", "2100", self.purchase(0, DE4=dollars), "1030")
        converted = self.purchase(0, DE4=dollars, DE6=cmf.amount("978", 2, 930))
        self.step("currency: the network's own conversion", "2100", converted, "0000", held=930)
        self.step("currency: cleared at another rate", "2220",
                  self.follow(converted, "2100", "202", DE6=cmf.amount("978", 2, 941), DE39="0000"),
                  "9001", booked=941, held=-930)
        wrong = self.purchase(0, DE4=cmf.amount("392", 2, 1_000))
        self.step("currency: yen have no decimals", "2100", wrong, "9100")
        converted = self.purchase(0, DE4=cmf.amount("392", 0, 1_000), DE6=cmf.amount("978", 2, 650))
        self.step("currency: yen", "2100", converted, "0000", held=650)
        self.step("currency: yen reversed", "2420", self.follow(converted, "2100", "400"), "4000",
                  held=-650)

    def extras(self) -> None:
        cash_back = "0040" + "9782" + "D" + f"{2_000:012d}"
        self.step("cash back", "2100",
                  self.purchase(5_000, DE3="090000", DE54=cash_back), "0000", held=5_000)
        too_much = "0040" + "9782" + "D" + f"{9_000:012d}"
        self.step("cash back above the amount", "2100",
                  self.purchase(5_000, DE3="090000", DE54=too_much), "1063")
        fee = "07" + "D9782" + f"{150:08d}" + "0" * 8 + "D9782" + f"{0:08d}"
        self.step("a surcharge is held with the amount", "2100",
                  self.purchase(3_000, DE3="010000", DE26="6011", DE46=fee), "0000", held=3_150)

    def events(self) -> None:
        """Everything that these stories did is in the feed once, in order."""
        report, call = self.report, self.suite.management.call
        card, partner = self.suite.ids["c-life-0"], self.suite.ids["p1"]
        before = self.feed(self.first_event)
        start = before[-1]["seq"] if before else self.first_event
        # A short life of which every event is known.
        first = self.approve("events", 700)
        raised = self.follow(first, "2100", "187", DE4=cmf.amount("978", 2, 300), DE25=None,
                             DE22=first[22], DE26="5411")
        self.step("events: raised", "2100", raised, "0000", held=300)
        self.step("events: cleared", "2220", self.follow(first, "2100", "202", DE4=cmf.amount(
            "978", 2, 1_000), DE39="0000"), "9001", booked=1_000, held=-1_000)
        second = self.approve("events: reversed", 500)
        self.step("events: reversal", "2420", self.follow(second, "2100", "400"), "4000",
                  held=-500)
        self.approve("events: released", 250)
        payment = self.payment()["id"]
        status, _ = call("POST", f"/admin/authorizations/{payment}/expire",
                         {"reason": "told by telephone"})
        report.equal("events: the release", status, 200)
        self.step("events: refused", "2100", self.purchase(9_000_000), "1016")
        mine = self.feed(start)
        report.equal("events: a life, in order", [event["type"] for event in mine], [
            "authorization.approved", "authorization.incremented", "transaction.cleared",
            "authorization.approved", "authorization.reversed",
            "authorization.approved", "authorization.released", "authorization.declined",
        ])
        released = mine[6]["data"] if len(mine) > 6 else {}
        report.equal("events: why it was released",
                     (released.get("id"), (released.get("entry") or {}).get("note")),
                     (payment, "told by telephone"))
        # The whole feed against the payments as they are now.
        whole = self.feed(self.first_event)
        report.equal("events: numbered without gaps", [event["seq"] for event in whole],
                     list(range(self.first_event + 1, self.first_event + 1 + len(whole))))
        report.equal("events: names are their own", len({event["id"] for event in whole}),
                     len(whole))
        told: Dict[str, list] = {}
        for event in whole:
            if event["data"].get("cardId") == card:
                told.setdefault(event["data"]["id"], []).append(event)
        for payment, events in told.items():
            _, now = call("GET", f"/admin/authorizations/{payment}")
            last = events[-1]["data"]
            report.check(
                f"events: {payment} is told whole",
                [event["data"]["entryCount"] for event in events] == list(range(len(now["entries"])))
                and events[0]["data"]["entry"] is None
                and [event["data"]["entry"] for event in events[1:]] == now["entries"][1:]
                and all(last[name] == now[name] for name in ("state", "held", "booked", "flags")),
                (events, now))
        report.check("events: there were payments", len(told) > 30, len(told))
        own = self.feed(self.first_event, partner)
        report.equal("events: the partner's are those about its objects", own,
                     [event for event in whole if event["data"].get("partnerId") == partner])

    def day_totals(self, day: Optional[str] = None) -> dict:
        """Counts and amounts in euros of a business day, the present one unless given."""
        query = f"?date={day}" if day else ""
        status, page = self.suite.management.call(
            "GET", f"/admin/reports/network-totals{query}")
        self.report.equal("days: a report", (status, len(page["data"])), (200, 1))
        report = page["data"][0]
        euro = [row for row in report["totals"] if row["currency"] == "EUR"]
        kinds = ("authorizations", "declines", "debits", "debitReversals", "credits",
                 "creditReversals")
        row = euro[0] if euro else {}
        nothing = {"count": 0, "amount": 0}
        return {
            "day": report["businessDay"],
            "ended": report["endedAt"] is not None,
            "net": row.get("net", 0),
            **{kind: tuple(row.get(kind, nothing)[part] for part in ("count", "amount"))
               for kind in kinds},
        }

    def cut_over(self) -> None:
        answer_mti, answer = self.send("2804", self.suite.messages.network("821"))
        self.report.equal("days: a cut-over", (answer_mti, answer.get(39)), ("2814", "8000"))

    def business_days(self) -> None:
        report = self.report

        def grown(before: dict, **by) -> dict:
            after = dict(before)
            for kind, (count, amount) in by.items():
                after[kind] = (before[kind][0] + count, before[kind][1] + amount)
            after["net"] = (after["debits"][1] - after["debitReversals"][1] - after["credits"][1]
                            + after["creditReversals"][1])
            return after

        # From its first cut-over on the calendar moves the day no more, so no midnight comes between.
        self.cut_over()
        start = self.day_totals()
        hold = self.approve("days: a hold", 900)
        cash = self.purchase(500, DE3="010000", DE24="200", DE26="6011")
        self.step("days: cash", "2200", cash, "0000", booked=500)
        self.step("days: refused", "2100", self.purchase(8_000_000), "1016")
        first = self.day_totals()
        report.equal("days: each message counts once", first,
                     grown(start, authorizations=(1, 900), debits=(1, 500), declines=(1, 8_000_000)))
        self.cut_over()
        self.step("days: cleared behind it", "2220", self.follow(hold, "2100", "201"), "9001",
                  held=-900, booked=900)
        self.step("days: undone behind it", "2420",
                  self.follow(cash, "2200", "400", DE25="4017"), "4000", booked=-500)
        report.equal("days: the day before stays as it was", self.day_totals(first["day"]),
                     {**first, "ended": True})
        second = self.day_totals()
        report.equal("days: the next one counts what came behind",
                     (second["day"] > first["day"], second["debits"], second["debitReversals"],
                      second["authorizations"], second["net"]),
                     (True, (1, 900), (1, 500), (0, 0), 400))
