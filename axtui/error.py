"""What authors import from `axtui.error`: every exception; they are defined in `axtui.base.errors`."""

from axtui.base.errors import (
    AcceleratorError,
    AxtuiError,
    BuildError,
    ColourError,
    DatasetError,
    DatasetUsageError,
    JobError,
    NoSuchDatasetError,
    NoSuchJobError,
    NoSuchWhateverError,
    NoSuchWorkdirError,
    ServerError,
    UrdConflictError,
    UrdError,
    UrdPermissionError,
    UserError,
)

__all__ = [
    "AcceleratorError",
    "AxtuiError",
    "BuildError",
    "ColourError",
    "DatasetError",
    "DatasetUsageError",
    "JobError",
    "NoSuchDatasetError",
    "NoSuchJobError",
    "NoSuchWhateverError",
    "NoSuchWorkdirError",
    "ServerError",
    "UrdConflictError",
    "UrdError",
    "UrdPermissionError",
    "UserError",
]
