"""Options of a request: checked against the method's forms, converted, filled up with defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any

from axtui.base.errors import ServerError
from axtui.base.values import FileReference
from axtui.method.forms import Form, permits

_TRUE = frozenset({"yes", "true", "on", "1"})
_FALSE = frozenset({"no", "false", "off", "0"})


def convert_options(method: str, forms: Mapping[str, Form], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option of a method, converted, in the order the method declares them.

    Raises:
        ServerError: An option is unknown, missing or of the wrong type; the message names it and its value.
    """
    for name in given:
        if name not in forms:
            raise ServerError(f"Submit failed: Unknown option {name} on method {method}")
    missing = [name for name, form in forms.items() if form.mandatory and name not in given]
    if missing:
        names = ", ".join(sorted(missing))
        raise ServerError(f"Submit failed: Missing required options {{{names}}} on method {method}")
    return {name: _convert_option(method, name, form, given) for name, form in forms.items()}


def _convert_option(method: str, name: str, form: Form, given: Mapping[str, Any]) -> Any:
    if name not in given:
        return form.default
    try:
        return convert(form, given[name])
    except _RefusedError as error:
        text = str(error).replace("{option}", f"option {name} on method {method}")
        raise ServerError(f"Submit failed: {text}") from None
    except (TypeError, ValueError, OverflowError) as error:
        text = f"Failed to convert option {name} of {given[name]!r:.80} on method {method}: {error}"
        raise ServerError(f"Submit failed: {text}") from None


class _RefusedError(ValueError):
    """A message that is whole but for `{option}`."""


def convert(form: Form, value: Any) -> Any:
    """Return a value as its form wants it.

    Raises:
        ValueError: It cannot be one; the message says what was found and wanted.
        TypeError: Likewise.
    """
    if value is None:
        if form.none_default:
            return form.default
        if form.none_ok:
            return None
        raise _none_refused(form)
    return _CONVERTERS[form.kind](form, value)


def _none_refused(form: Form) -> Exception:
    if form.required:
        return _RefusedError("{option} requires a non-None value")
    if form.kind == "enum":
        return _RefusedError(f"{{option}} requires a value in {_words(form)}")
    if form.kind in ("string", "inputfile"):
        return _RefusedError("{option} requires a non-empty string value")
    return TypeError(f"found None, wanted {form.kind}")


def _words(form: Form) -> str:
    return "{" + ", ".join(form.words) + "}"


def _refuse(form: Form, value: Any) -> TypeError:
    return TypeError(f"found {type(value).__name__}, wanted {form.kind}")


def _to_int(form: Form, value: Any) -> int:
    if isinstance(value, int) and (not form.strict or type(value) in (int, bool)):
        return int(value)
    if not form.strict and isinstance(value, (float, str)):
        return int(value)
    raise _refuse(form, value)


def _to_float(form: Form, value: Any) -> float:
    if isinstance(value, float) or (not form.strict and isinstance(value, (int, str))):
        return float(value)
    raise _refuse(form, value)


def _to_str(form: Form, value: Any) -> str:
    if isinstance(value, str) or (not form.strict and isinstance(value, (int, float, PurePath))):
        return str(value)
    raise _refuse(form, value)


def _to_bool(form: Form, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and not form.strict:
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
    raise ValueError(f"found {value!r:.40}, wanted yes/no, true/false, on/off or 1/0")


def _to_list(form: Form, value: Any) -> list[Any]:
    if isinstance(value, str) and not form.strict:
        value = [part.strip() for part in value.split(",")]
    if isinstance(value, (set, frozenset)) and not form.strict:
        value = sorted(value, key=repr)
    if not isinstance(value, (list, tuple)):
        raise _refuse(form, value)
    return [_element(form, item) for item in value]


def _to_set(form: Form, value: Any) -> set[Any]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise _refuse(form, value)
    return {None if item is None else _element(form, item) for item in value}


def _to_dict(form: Form, value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _refuse(form, value)
    return type(value)((key, _nested(form, item)) for key, item in value.items())


def _nested(form: Form, value: Any) -> Any:
    """Convert the values of a dict, and of dicts in it, at any depth."""
    if isinstance(value, dict) and form.inner is not None and form.inner.kind != "dict":
        return {key: _nested(form, item) for key, item in value.items()}
    return _element(form, value)


def _element(form: Form, value: Any) -> Any:
    return value if form.inner is None else convert(form.inner, value)


def _to_datetime(form: Form, value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, list):
        return datetime(*value)
    raise _refuse(form, value)


def _to_date(form: Form, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, list):
        return date(*value)
    raise _refuse(form, value)


def _to_time(form: Form, value: Any) -> time:
    if isinstance(value, time):
        return value
    raise _refuse(form, value)


def _to_timedelta(form: Form, value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return timedelta(seconds=value)
    raise _refuse(form, value)


def _to_path(form: Form, value: Any) -> PurePath:
    if isinstance(value, (str, PurePath)):
        return Path(value) if form.kind == "path" else PurePath(value)
    raise _refuse(form, value)


def _to_enum(form: Form, value: Any) -> str:
    if isinstance(value, str) and permits(form.words, value):
        return str(value)
    raise _RefusedError(f"{value!r:.40} not a permitted value for {{option}}; wanted one of {_words(form)}")


def _to_string(form: Form, value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, PurePath):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise _RefusedError(f"{{option}} requires a non-empty string value, found {value!r:.40}")
    return str(value)


def _to_file(form: Form, value: Any) -> FileReference:
    if isinstance(value, (list, tuple)) and 2 <= len(value) <= 4:
        file = FileReference(*value)
        if isinstance(file.job, str) and isinstance(file.name, str) and not file.name.startswith("/"):
            return FileReference(str(file.job), file.name, bool(file.sliced), file.extra)
    raise TypeError(f"found {value!r:.60}, wanted a job's file: (job, relative name[, sliced[, extra]])")


_CONVERTERS: dict[str, Callable[[Form, Any], Any]] = {
    "any": lambda form, value: value,
    "int": _to_int,
    "float": _to_float,
    "str": _to_str,
    "bool": _to_bool,
    "list": _to_list,
    "set": _to_set,
    "dict": _to_dict,
    "datetime": _to_datetime,
    "date": _to_date,
    "time": _to_time,
    "timedelta": _to_timedelta,
    "path": _to_path,
    "purepath": _to_path,
    "enum": _to_enum,
    "string": _to_string,
    "inputfile": _to_string,
    "file": _to_file,
}
