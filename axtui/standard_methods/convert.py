"""Text to typed columns, whole arrays at a time: the type specs of csvimport and dataset_type.

A spec is a name, `+None` if empty text is to become None, and for some a colon and more:

    number  number:int                                int where possible, else float
    int32_10  int64_10  (also _0 _8 _16, and a final i)   `_0` reads C prefixes; `i` ignores what follows the number
    float32  float64  (also with a final i)  complex32  complex64
    strbool  floatbool  floatbooli
    date:FORMAT  time:FORMAT  datetime:FORMAT (also datei: …)   see dates.py
    bytes  bytesstrip  ascii  asciistrip  (also :replace :encode :strict)
    unicode:CODEC  unicodestrip:CODEC  (also :CODEC/errors)   UTF-8 where no codec is named
    json

Whatever is common goes through Arrow's or numpy's kernels; an array in which those meet something they do not know is
read value by value, each value once, with the same meaning.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui import DatasetUsageError
from axtui.standard_methods.dates import make_date_parser
from axtui.standard_methods.zones import Zone

Mask = npt.NDArray[np.bool_]
Parse = Callable[[bytes], Any]
Fast = Callable[[pa.Array], pa.Array | None]

_INT = re.compile(rb"[+-]?[0-9]+")
_BASES = {"0": 0, "8": 8, "10": 10, "16": 16}
_DIGITS = {
    0: re.compile(rb"[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)"),
    8: re.compile(rb"[+-]?[0-7]+"),
    10: _INT,
    16: re.compile(rb"[+-]?(0[xX])?[0-9a-fA-F]+"),
}
_FLOAT = re.compile(rb"[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|nan|inf(inity)?)", re.IGNORECASE)
_ARROW = {
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "bytes": pa.binary(),
    "ascii": pa.string(),
    "unicode": pa.string(),
}
"""Types whose values make an array at once; those of the others are listed."""
_DIRECT = {
    "int32_10": pa.int32(),
    "int64_10": pa.int64(),
    "float64": pa.float64(),
    "ascii": pa.string(),
    "unicode:utf-8": pa.string(),
}
"""Specs of which text means the same to pyarrow's CSV reader, where it does not refuse it."""
_LEAST = {"int32": -(2**31), "int64": -(2**63)}
_FALSE = ("", "0", "f", "false", "no", "off", "nil", "null")
_SPACE = b" \t\n\v\f\r"
_ALNUM = np.array([bytes([char]).isalnum() for char in range(256)])
_SLOW = ("date", "time", "datetime")
"""Types for which it pays to convert only the different texts, where they repeat."""
_SAMPLE_LINES, _FEWEST_CODED = 4096, 100


@dataclass(frozen=True)
class Converter:
    """A type spec that is understood.

    Attributes:
        type: The name of the column type.
        none: Whether empty text, and the spellings of None, become None.
        fast: Turns a whole array of text into one of the type, or gives None or raises ArrowInvalid where it cannot.
        parse: Does the same for one value; raises ValueError or OverflowError.
        comma: Whether numbers have a comma for a point.
        spec: The spec.
    """

    type: str
    none: bool
    fast: Fast
    parse: Parse
    comma: bool = False
    spec: str = ""

    @property
    def direct(self) -> pa.DataType | None:
        """What pyarrow's CSV reader may read such a column as, if `is_right` likes what comes; None for nothing."""
        is_text = self.type in ("ascii", "unicode")
        return None if self.comma or (is_text and self.none) else _DIRECT.get(self.spec.removesuffix("+None"))

    def is_right(self, column: pa.Array) -> bool:
        """Tell whether what pyarrow's CSV reader made of text is what `convert` would; None is the empty text.

        Args:
            column: Shape (lines,), of the type `direct`. Whoever asks has seen that there is no `0x`.
        """
        if column.null_count and not self.none:
            return False
        if pa.types.is_dictionary(column.type):
            return self.is_right(column.dictionary)
        if self.type == "ascii":
            return bool(pc.all(pc.string_is_ascii(column), min_count=0).as_py())
        low = pc.min(column).as_py() if self.type in _LEAST else None
        return low is None or low > _LEAST[self.type]

    def convert(self, column: pa.Array, none_as: Sequence[bytes] = ()) -> tuple[Any, Mask]:
        """Convert text.

        Args:
            column: Shape (lines,); text or bytes, coded or not, null for None.
            none_as: What stands for None beside empty text.

        Returns:
            The values, shape (lines,), an Arrow array or a list; and shape (lines,), which of them could not be
            converted: those are None.
        """
        if pa.types.is_dictionary(column.type):
            return _spread(*self.convert(column.dictionary, none_as), column.indices)
        text = column.cast(pa.binary())
        if self.type in _SLOW and _repeats(text):
            return self.convert(text.dictionary_encode(), none_as)
        if self.none:
            spelled = pc.is_in(text, value_set=pa.array([b"", *none_as], pa.binary()))
            text = pc.if_else(spelled, pa.scalar(None, pa.binary()), text)
        if self.comma:
            text = _swap_comma(text)
        try:
            found = self.fast(text)
        except pa.ArrowInvalid:
            found = None
        if found is not None:
            return found, np.zeros(len(text), dtype=bool)
        return _one_by_one(text, self.parse, self.type)


def make_converter(spec: str, numeric_comma: bool = False, zone: Zone | None = None) -> Converter:
    """Understand a type spec.

    Args:
        spec: See above.
        numeric_comma: Numbers have a comma for a point.
        zone: Where datetimes are local, which then become UTC; None for datetimes without a zone.

    Raises:
        DatasetUsageError: There is no such type, or it is given wrongly.
    """
    head, _, rest = spec.partition(":")
    name = head.removesuffix("+None")
    none = head != name
    comma = numeric_comma and (name.startswith(("float", "complex")) or name == "number")
    made = _make(name, rest, zone)
    if made is None:
        wanted = "int64_10, float64+None or date:%Y-%m-%d"
        raise DatasetUsageError(f"there is no type spec {spec!r}; wanted one like {wanted}")
    kind, fast, parse = made
    return Converter(kind, none, fast, parse, comma, spec)


def _make(name: str, rest: str, zone: Zone | None) -> tuple[str, Fast, Parse] | None:
    found = re.fullmatch(r"(int32|int64)_(0|8|10|16)(i?)", name)
    if found and not rest:
        kind, base, rough = found[1], _BASES[found[2]], bool(found[3])
        fast = partial(_fast_int, kind=kind) if base == 10 and not rough else _never
        return kind, fast, partial(_parse_int, base=base, rough=rough, bits=int(kind[3:]))
    if name == "number" and rest in ("", "int"):
        if rest:
            return name, partial(_fast_int, kind="int64"), _parse_number_int
        return name, _fast_number, _parse_number
    if re.fullmatch(r"float(32|64)i?", name) and not rest:
        kind = name.removesuffix("i")
        return kind, partial(_fast_float, kind=kind), partial(_parse_float, rough=name.endswith("i"))
    if name in ("complex32", "complex64") and not rest:
        return name, _never, lambda text: complex(text.decode("ascii"))
    if name in ("strbool", "floatbool", "floatbooli") and not rest:
        rough = name.endswith("i")
        fast = _fast_strbool if name == "strbool" else _fast_floatbool
        return "bool", fast, _parse_strbool if name == "strbool" else partial(_parse_floatbool, rough=rough)
    if name == "json" and not rest:
        return name, _never, json.loads
    if re.fullmatch(r"(date|time|datetime)i?", name):
        kind = name.removesuffix("i")
        return kind, *make_date_parser(kind, rest, rough=name != kind, zone=zone)
    return _make_text(name, rest)


def _make_text(name: str, rest: str) -> tuple[str, Fast, Parse] | None:
    kind = name.removesuffix("strip")
    strip = kind != name
    if kind == "bytes" and not rest:
        return kind, partial(_fast_bytes, strip=strip), lambda text: text.strip(_SPACE) if strip else text
    if kind == "ascii" and rest in ("", "replace", "encode", "strict"):
        mode = rest or "replace"
        return kind, partial(_fast_ascii, strip=strip, mode=mode), partial(_parse_ascii, strip=strip, mode=mode)
    if kind == "unicode":
        codec, _, errors = rest.partition("/")
        codec = codec or "utf-8"
        try:
            codecs.lookup(codec)
            codecs.lookup_error(errors or "strict")
        except LookupError as error:
            raise DatasetUsageError(f"{error}; wanted one that Python has") from None
        is_plain = codec.lower() in ("utf-8", "utf8", "ascii", "us-ascii")
        fast = partial(_fast_unicode, strip=strip, is_ascii="ascii" in codec.lower()) if is_plain else _never
        return kind, fast, partial(_parse_unicode, strip=strip, codec=codec, errors=errors or "strict")
    return None


def _repeats(text: pa.Array) -> bool:
    sample = text[:_SAMPLE_LINES]
    return len(sample) >= _FEWEST_CODED and 2 * len(sample.unique()) <= len(sample)


def _spread(values: Any, bad: Mask, codes: pa.Array) -> tuple[Any, Mask]:
    """Return for each line the value that its code stands for, and whether that is bad; text stays coded."""
    bad = np.append(bad, False)[np.array(codes.fill_null(len(bad)))]
    if not isinstance(values, pa.Array):
        return [None if code is None else values[code] for code in codes.to_pylist()], bad
    if not (pa.types.is_string(values.type) or pa.types.is_binary(values.type)):
        return values.take(codes), bad
    if values.null_count:
        codes = pa.array(np.arange(len(values), dtype=np.int32), mask=np.array(values.is_null())).take(codes)
        values = values.fill_null("" if pa.types.is_string(values.type) else b"")
    return pa.DictionaryArray.from_arrays(codes, values), bad


def _one_by_one(text: pa.Array, parse: Parse, kind: str) -> tuple[Any, Mask]:
    coded = text.dictionary_encode()
    values: list[Any] = []
    is_bad = np.zeros(len(coded.dictionary) + 1, dtype=bool)
    for at, value in enumerate(coded.dictionary.to_pylist()):
        try:
            values.append(parse(value))
        except (ValueError, OverflowError, RecursionError):
            is_bad[at] = True
            values.append(None)
    codes = coded.indices.fill_null(len(values)).to_numpy()
    bad: Mask = is_bad[codes]
    arrow = _ARROW.get(kind)
    if kind == "datetime":
        arrow = pa.timestamp("us", "UTC" if any(value and value.tzinfo for value in values) else None)
    if arrow is not None:
        return pa.array([*values, None], arrow).take(pa.array(codes)), bad
    found = np.empty(len(values) + 1, dtype=object)
    found[:-1] = values
    return found[codes].tolist(), bad


def has_hex(data: bytes) -> bool:
    """Tell whether there may be a number in some bytes that begins with 0x, as Arrow reads it."""
    chars = np.frombuffer(data, dtype=np.uint8)
    for letter in b"xX":
        if letter in data:
            at = np.flatnonzero(chars[1:] == letter) + 1
            at = at[chars[at - 1] == ord("0")]
            if ((at == 1) | ~_ALNUM[chars[at - 2]]).any():
                return True
    return False


def _never(text: pa.Array) -> pa.Array | None:
    return None


def _swap_comma(text: pa.Array) -> pa.Array:
    """A point has no place in such a number: it becomes something that no number has."""
    return pc.replace_substring(pc.replace_substring(text, ".", "?"), ",", ".")


def _fast_int(text: pa.Array, kind: str) -> pa.Array | None:
    chars = text.cast(pa.string())
    if any(pc.any(pc.match_substring(chars, letter)).as_py() for letter in "xX"):
        return None
    found = pc.cast(chars, pa.int64())
    low = pc.min(found).as_py()
    if low is None:
        return found
    limit = 2 ** (int(kind[3:]) - 1)
    return found if low > -limit and pc.max(found).as_py() < limit else None


def _fast_number(text: pa.Array) -> pa.Array | None:
    try:
        found = _fast_int(text, "int64")
    except pa.ArrowInvalid:
        chars = text.cast(pa.string())
        if pc.any(pc.match_substring_regex(chars, r"^[+-]?[0-9]+$")).as_py():
            return None
        return _fast_float(text, "float64")
    return found


def _fast_float(text: pa.Array, kind: str) -> pa.Array:
    return pc.cast(pc.cast(text.cast(pa.string()), pa.float64()), pa.float32() if kind == "float32" else pa.float64())


def _fast_strbool(text: pa.Array) -> pa.Array:
    is_false = pc.is_in(pc.ascii_lower(text.cast(pa.string())), value_set=pa.array(_FALSE))
    return pc.if_else(text.is_null(), pa.scalar(None, pa.bool_()), pc.invert(is_false))


def _fast_floatbool(text: pa.Array) -> pa.Array:
    return pc.not_equal(_fast_float(text, "float64"), 0.0)


def _fast_bytes(text: pa.Array, strip: bool) -> pa.Array | None:
    return None if strip else text


def _fast_ascii(text: pa.Array, strip: bool, mode: str) -> pa.Array | None:
    chars = text.cast(pa.string())
    if not pc.all(pc.string_is_ascii(chars), min_count=0).as_py():
        return None
    if mode == "encode" and pc.any(pc.match_substring(chars, "\\")).as_py():
        return None
    return pc.ascii_trim(chars, _SPACE.decode()) if strip else chars


def _fast_unicode(text: pa.Array, strip: bool, is_ascii: bool) -> pa.Array | None:
    chars = text.cast(pa.string())
    if is_ascii and not pc.all(pc.string_is_ascii(chars), min_count=0).as_py():
        return None
    return pc.ascii_trim(chars, _SPACE.decode()) if strip else chars


def _parse_int(text: bytes, base: int, rough: bool, bits: int) -> int:
    stripped = text.strip(_SPACE)
    match = _DIGITS[base].match(stripped) if rough else _DIGITS[base].fullmatch(stripped)
    if match is None:
        if rough:
            return 0
        raise ValueError("not an integer")
    digits = match[0].decode("ascii")
    plain = digits.lstrip("+-").lower()
    number = int(plain, base or (16 if plain.startswith("0x") else 8 if plain.startswith("0") else 10))
    number = -number if digits.startswith("-") else number
    if not -(2 ** (bits - 1)) < number < 2 ** (bits - 1):
        raise OverflowError(f"does not fit in {bits} bits")
    return number


def _parse_number(text: bytes) -> int | float:
    stripped = text.strip(_SPACE)
    return int(stripped) if _INT.fullmatch(stripped) else _parse_float(stripped)


def _parse_number_int(text: bytes) -> int:
    found = _parse_number(text)
    if isinstance(found, float) and not (math.isfinite(found) and found.is_integer()):
        raise ValueError("not an integer")
    return int(found)


def _parse_float(text: bytes, rough: bool = False) -> float:
    stripped = text.strip(_SPACE)
    match = _FLOAT.match(stripped) if rough else _FLOAT.fullmatch(stripped)
    if match is None:
        if rough:
            return 0.0
        raise ValueError("not a number")
    return float(match[0])


def _parse_strbool(text: bytes) -> bool:
    return text.decode("latin-1").lower() not in _FALSE


def _parse_floatbool(text: bytes, rough: bool) -> bool:
    return bool(_parse_float(text, rough))


def _parse_ascii(text: bytes, strip: bool, mode: str) -> str:
    text = text.strip(_SPACE) if strip else text
    if mode == "strict" and not text.isascii():
        raise ValueError("not ASCII")
    escaped = "\\" if mode == "encode" else ""
    return "".join(chr(b) if b < 128 and chr(b) != escaped else f"\\{b:03o}" for b in text)


def _parse_unicode(text: bytes, strip: bool, codec: str, errors: str) -> str:
    return (text.strip(_SPACE) if strip else text).decode(codec, errors)
