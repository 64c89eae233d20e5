"""What authors import from `axtui.extras`; JSON is `axtui.base.jsontext`'s, files of jobs are `axtui.api.blob`'s."""

from axtui.api.blob import job_params, job_post, json_load, json_save
from axtui.api.blob import load as pickle_load
from axtui.api.blob import save as pickle_save
from axtui.api.debugging import debug_print_options, stackup
from axtui.base.dotdict import DotDict
from axtui.base.jsontext import json_decode, json_encode
from axtui.base.text import quote
from axtui.method.forms import OptionDefault, OptionEnum, OptionString, RequiredOption

__all__ = [
    "DotDict",
    "OptionDefault",
    "OptionEnum",
    "OptionString",
    "RequiredOption",
    "debug_print_options",
    "job_params",
    "job_post",
    "json_decode",
    "json_encode",
    "json_load",
    "json_save",
    "pickle_load",
    "pickle_save",
    "quote",
    "stackup",
]
