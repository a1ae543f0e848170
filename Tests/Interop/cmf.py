"""ISO 8583:2003 in the Common Message Format: a second, independent codec.

It shares no code and no table with the product, so that a fault in one is not repeated in the
other. Python's standard library only.

Values are what people write: digits as text for numeric elements, text for text elements (fixed
ones with their spaces), upper-case hexadecimal for binary ones, and a dictionary of parts for
composites.
"""

from typing import Dict, List, Tuple, Union

Value = Union[str, Dict[str, str]]


class CMFError(ValueError):
    """Bytes that are no message, or a value that cannot be written."""

    def __init__(self, element, reason: str):
        super().__init__(f"element {element}: {reason}")
        self.element = element
        self.reason = reason


# --- primitive encodings -------------------------------------------------------------------------


def digits_to_bcd(digits: str, element) -> bytes:
    """Two digits to a byte from the left; an odd last digit is followed by the filler 0."""
    if not all(c in "0123456789" for c in digits):
        raise CMFError(element, f"{digits!r} is not all digits")
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def bcd_to_digits(data: bytes, count: int, element) -> str:
    """The first `count` digits; the filler after an odd count may be 0 or F."""
    nibbles = data.hex()
    digits, filler = nibbles[:count], nibbles[count:]
    if not digits.isdigit() and digits:
        raise CMFError(element, "a nibble above 9")
    if filler not in ("", "0", "f"):
        raise CMFError(element, "the filler is neither 0 nor F")
    return digits


class Reader:
    """A cursor that never reads past its end."""

    def __init__(self, data: bytes):
        self.data = data
        self.position = 0

    def take(self, count: int, element) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise CMFError(element, f"{count} bytes wanted, {len(self.data) - self.position} left")
        part = self.data[self.position : end]
        self.position = end
        return part

    @property
    def left(self) -> int:
        return len(self.data) - self.position


class Numeric:
    """A fixed number of BCD digits; shorter values get zeros on the left."""

    def __init__(self, count: int):
        self.count = count

    def write(self, value: str, element) -> bytes:
        if len(value) > self.count:
            raise CMFError(element, f"more than {self.count} digits")
        return digits_to_bcd(value.rjust(self.count, "0"), element)

    def read(self, reader: Reader, element) -> str:
        return bcd_to_digits(reader.take((self.count + 1) // 2, element), self.count, element)


class Digits:
    """A fixed number of ASCII digits; shorter values get zeros on the left."""

    def __init__(self, count: int):
        self.count = count

    def write(self, value: str, element) -> bytes:
        if len(value) > self.count or not value.isascii() or not value.isdigit():
            raise CMFError(element, f"not 1 to {self.count} digits")
        return value.rjust(self.count, "0").encode("ascii")

    def read(self, reader: Reader, element) -> str:
        data = reader.take(self.count, element)
        if not all(0x30 <= byte <= 0x39 for byte in data):
            raise CMFError(element, "a character that is no digit")
        return data.decode("ascii")


class Text:
    """A fixed number of Latin-1 characters; shorter values get spaces on the right."""

    def __init__(self, count: int):
        self.count = count

    def write(self, value: str, element) -> bytes:
        if len(value) > self.count:
            raise CMFError(element, f"more than {self.count} characters")
        return latin1(value.ljust(self.count), element)

    def read(self, reader: Reader, element) -> str:
        return reader.take(self.count, element).decode("latin-1")


class Binary:
    """A fixed number of raw bytes."""

    def __init__(self, count: int):
        self.count = count

    def write(self, value: str, element) -> bytes:
        data = from_hex(value, element)
        if len(data) != self.count:
            raise CMFError(element, f"not {self.count} bytes")
        return data

    def read(self, reader: Reader, element) -> str:
        return reader.take(self.count, element).hex().upper()


class Counted:
    """A BCD count of `prefix` bytes, then as many digits, characters or bytes as it says."""

    def __init__(self, prefix: int, limit: int):
        self.prefix = prefix
        self.limit = limit

    def write_count(self, count: int, element) -> bytes:
        if count > self.limit:
            raise CMFError(element, f"{count} is over the maximum of {self.limit}")
        return bytes.fromhex(str(count).rjust(self.prefix * 2, "0"))

    def read_count(self, reader: Reader, element) -> int:
        count = int(bcd_to_digits(reader.take(self.prefix, element), self.prefix * 2, element))
        if count > self.limit:
            raise CMFError(element, f"{count} is over the maximum of {self.limit}")
        return count


class CountedNumeric(Counted):
    def write(self, value: str, element) -> bytes:
        return self.write_count(len(value), element) + digits_to_bcd(value, element)

    def read(self, reader: Reader, element) -> str:
        count = self.read_count(reader, element)
        return bcd_to_digits(reader.take((count + 1) // 2, element), count, element)


class CountedText(Counted):
    def write(self, value: str, element) -> bytes:
        return self.write_count(len(value), element) + latin1(value, element)

    def read(self, reader: Reader, element) -> str:
        return reader.take(self.read_count(reader, element), element).decode("latin-1")


class CountedBinary(Counted):
    def write(self, value: str, element) -> bytes:
        data = from_hex(value, element)
        return self.write_count(len(data), element) + data

    def read(self, reader: Reader, element) -> str:
        return reader.take(self.read_count(reader, element), element).hex().upper()


class FixedParts:
    """Parts back to back, all present, no length of their own; counted from 0."""

    def __init__(self, *parts):
        self.parts = parts

    def write(self, value: Dict[str, str], element) -> bytes:
        expected = {str(number) for number in range(len(self.parts))}
        if set(value) != expected:
            raise CMFError(element, f"parts {sorted(value)} instead of {sorted(expected)}")
        return b"".join(
            part.write(value[str(number)], f"{element}.{number}")
            for number, part in enumerate(self.parts)
        )

    def read(self, reader: Reader, element) -> Dict[str, str]:
        return {
            str(number): part.read(reader, f"{element}.{number}")
            for number, part in enumerate(self.parts)
        }


class BitmapParts(Counted):
    """A byte count, a bitmap of 8 bytes, then the parts it announces; bit 1 is a real part."""

    def __init__(self, parts: Dict[int, object]):
        super().__init__(2, 9999)
        self.parts = parts

    def write(self, value: Dict[str, str], element) -> bytes:
        bits = 0
        body = b""
        for number in sorted(int(key) for key in value):
            if number not in self.parts:
                raise CMFError(f"{element}.{number}", "not a part")
            bits |= 1 << (64 - number)
            body += self.parts[number].write(value[str(number)], f"{element}.{number}")
        data = bits.to_bytes(8, "big") + body
        return self.write_count(len(data), element) + data

    def read(self, reader: Reader, element) -> Dict[str, str]:
        inner = Reader(reader.take(self.read_count(reader, element), element))
        numbers = bitmap_numbers(inner.take(8, element), 1)
        value = {}
        for number in numbers:
            if number not in self.parts:
                raise CMFError(f"{element}.{number}", "not a part")
            value[str(number)] = self.parts[number].read(inner, f"{element}.{number}")
        if inner.left:
            raise CMFError(element, f"{inner.left} bytes after the last part")
        return value


def latin1(value: str, element) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        raise CMFError(element, "a character outside ISO 8859-1") from None


def from_hex(value: str, element) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise CMFError(element, "not hexadecimal") from None


def bitmap_numbers(data: bytes, first: int) -> List[int]:
    """Numbers of the bits that are set; the top bit of the first byte is `first`."""
    return [
        first + index
        for index in range(len(data) * 8)
        if data[index // 8] & (0x80 >> (index % 8))
    ]


# --- the elements --------------------------------------------------------------------------------


def _elements() -> Dict[int, object]:
    table: Dict[int, object] = {}
    numeric = {
        4: 16, 5: 16, 6: 16, 7: 10, 8: 12, 9: 8, 10: 8, 11: 12, 12: 14, 13: 6, 14: 4, 15: 8,
        16: 4, 17: 4, 19: 3, 20: 3, 23: 3, 24: 3, 25: 4, 26: 4, 28: 8, 29: 3, 31: 23, 39: 4,
        40: 3, 57: 3, 67: 2, 70: 18, 73: 8, 75: 90, 97: 21,
    }  # fmt: skip
    for number, count in numeric.items():
        table[number] = Numeric(count)
    for number, count in {2: 19, 32: 11, 33: 11, 56: 41, 58: 11, 93: 11, 94: 11, 100: 11}.items():
        table[number] = CountedNumeric(1, count)
    for number, count in {3: 6, 37: 12, 38: 6, 41: 16, 68: 9, 69: 40, 98: 25}.items():
        table[number] = Text(count)
    short_text = {35: 37, 42: 35, 45: 76, 95: 99, 99: 11, 101: 99, 102: 28, 103: 28}
    for number, count in short_text.items():
        table[number] = CountedText(1, count)
    long_text = {
        18: 140, 36: 104, 46: 216, 47: 999, 48: 999, 54: 126, 59: 999, 60: 999, 61: 999,
        62: 999, 63: 999, 66: 216, 109: 144, 110: 144, 123: 999,
    }  # fmt: skip
    for number, count in long_text.items():
        table[number] = CountedText(2, count)
    for number, count in {22: 16, 52: 8, 64: 4, 65: 8, 128: 4}.items():
        table[number] = Binary(count)
    table[53] = CountedBinary(1, 48)
    table[96] = CountedBinary(2, 999)
    opaque = [34, 44, 50, 51, 55, 71, 72, *range(76, 91), 92, *range(104, 109), 111, 112, 113]
    opaque += [*range(114, 123), *range(124, 128)]
    for number in opaque:
        table[number] = CountedBinary(2, 9999)
    table[21] = FixedParts(Text(1), Text(15), Numeric(2), Numeric(4))
    table[27] = FixedParts(
        Binary(8), Digits(1), Digits(3), Digits(3), Digits(3), Digits(3), Digits(3), Text(1),
        Text(1), Binary(1),
    )  # fmt: skip
    table[30] = FixedParts(Numeric(16), Numeric(16))
    table[74] = FixedParts(*[Numeric(16), Numeric(10)] * 6)
    table[43] = BitmapParts(
        {
            2: CountedText(1, 50), 3: CountedText(1, 99), 4: CountedText(1, 50), 5: Text(3),
            6: Text(10), 7: Text(3), 8: Text(16), 9: Text(16), 10: CountedText(1, 30),
            11: CountedText(2, 255), 12: CountedText(1, 99),
        }  # fmt: skip
    )
    table[49] = BitmapParts(
        {1: Numeric(1), 2: Numeric(4), 3: Text(16), 4: Text(10), 5: Text(40), 6: Text(1)}
    )
    return table


ELEMENTS = _elements()
"""Every element but 1 (the bit of the second bitmap) and 91 (undefined)."""


# --- messages ------------------------------------------------------------------------------------


def pack(mti: str, fields: Dict[int, Value]) -> bytes:
    """The bytes of a message; the second bitmap is there when an element above 64 is."""
    if len(mti) != 4:
        raise CMFError("MTI", "not four digits")
    numbers = sorted(fields)
    bits = 0
    for number in numbers:
        if number not in ELEMENTS:
            raise CMFError(number, "not an element")
        bits |= 1 << (128 - number)
    if numbers and numbers[-1] > 64:
        bitmap = (bits | 1 << 127).to_bytes(16, "big")
    else:
        bitmap = (bits >> 64).to_bytes(8, "big")
    body = b"".join(ELEMENTS[number].write(fields[number], number) for number in numbers)
    return digits_to_bcd(mti, "MTI") + bitmap + body


def unpack_raw(data: bytes) -> Tuple[str, Dict[int, Value], Dict[int, bytes]]:
    """Message type, values, and the bytes of each element; raises CMFError for anything else."""
    reader = Reader(data)
    mti = bcd_to_digits(reader.take(2, "MTI"), 4, "MTI")
    numbers = bitmap_numbers(reader.take(8, "bitmap"), 1)
    if numbers and numbers[0] == 1:
        numbers = numbers[1:] + bitmap_numbers(reader.take(8, "second bitmap"), 65)
    fields: Dict[int, Value] = {}
    raw: Dict[int, bytes] = {}
    for number in numbers:
        if number not in ELEMENTS:
            raise CMFError(number, "not an element")
        start = reader.position
        fields[number] = ELEMENTS[number].read(reader, number)
        raw[number] = data[start : reader.position]
    if reader.left:
        raise CMFError("end", f"{reader.left} bytes after the last element")
    return mti, fields, raw


def unpack(data: bytes) -> Tuple[str, Dict[int, Value]]:
    """Message type and values of a message."""
    mti, fields, _ = unpack_raw(data)
    return mti, fields


def answer_type(mti: str) -> str:
    """The message type that answers a request, an advice or an instruction, original or repeat."""
    return mti[:2] + str(int(mti[2]) + 1) + str(int(mti[3]) // 2 * 2)


# --- framing -------------------------------------------------------------------------------------

KEEP_ALIVE = object()
"""What a deframer gives for a frame of length zero."""


class Framing:
    """A length prefix: its size, what it counts and how it is written."""

    def __init__(self, name: str, size: int, limit: int, extra: int = 0, is_bcd: bool = False):
        self.name = name
        self.size = size
        self.limit = limit
        self.extra = extra
        self.is_bcd = is_bcd

    def prefix(self, length: int) -> bytes:
        """The prefix of a header and message of `length` bytes together."""
        if length > self.limit:
            raise CMFError("frame", f"{length} bytes are over the limit of {self.limit}")
        if self.is_bcd:
            return bytes.fromhex(str(length).rjust(self.size * 2, "0"))
        return (length + self.extra).to_bytes(self.size, "big")

    def frame(self, message: bytes, header: bytes = b"") -> bytes:
        return self.prefix(len(header) + len(message)) + header + message

    @property
    def keep_alive(self) -> bytes:
        return self.prefix(0)

    def length(self, prefix: bytes) -> int:
        if self.is_bcd:
            return int(bcd_to_digits(prefix, self.size * 2, "frame"))
        length = int.from_bytes(prefix, "big") - self.extra
        if length < 0:
            raise CMFError("frame", "the length does not even count its own bytes")
        return length


FRAMINGS = {
    framing.name: framing
    for framing in (
        Framing("nac2", 2, 0xFFFF),
        Framing("nac2incl", 2, 0xFFFF - 2, extra=2),
        Framing("cmf3", 3, 0xFFFFFF),
        Framing("raw4", 4, 100_000),
        Framing("bcd2", 2, 9_999, is_bcd=True),
    )
}


class Deframer:
    """Puts frames together from pieces of any size; a TPDU of 5 bytes is split off if expected."""

    def __init__(self, framing: Framing, has_tpdu: bool = False):
        self.framing = framing
        self.has_tpdu = has_tpdu
        self.buffer = bytearray()

    def feed(self, data: bytes) -> list:
        """What is complete: KEEP_ALIVE or (header, message) for each frame."""
        self.buffer += data
        frames = []
        size = self.framing.size
        while len(self.buffer) >= size:
            length = self.framing.length(bytes(self.buffer[:size]))
            if len(self.buffer) < size + length:
                break
            body = bytes(self.buffer[size : size + length])
            del self.buffer[: size + length]
            if length == 0:
                frames.append(KEEP_ALIVE)
            elif self.has_tpdu:
                if length < 5:
                    raise CMFError("frame", "shorter than its TPDU")
                frames.append((body[:5], body[5:]))
            else:
                frames.append((b"", body))
        return frames


def tpdu(destination: int, origin: int, identifier: int = 0x60) -> bytes:
    """A transport header: identifier, destination and origin address."""
    return bytes([identifier]) + destination.to_bytes(2, "big") + origin.to_bytes(2, "big")


def answer_tpdu(header: bytes) -> bytes:
    """The header of an answer: the two addresses swapped."""
    return header[:1] + header[3:5] + header[1:3]


# --- card numbers --------------------------------------------------------------------------------


def check_digit(digits: str) -> str:
    """The Luhn digit that makes `digits` a card number."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card_number(prefix: str, serial: int, length: int = 16) -> str:
    """A valid card number with the given first digits."""
    body = prefix + str(serial).rjust(length - 1 - len(prefix), "0")
    return body + check_digit(body)


def amount(currency: str, exponent: int, minor_units: int) -> str:
    """The 16 digits of DE 4: numeric currency, decimals, value."""
    return f"{currency}{exponent}{minor_units:012d}"
