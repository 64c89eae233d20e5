"""What an error says."""

from __future__ import annotations

import pickle

from axtui.base.errors import (
    AxtuiError,
    BuildError,
    DatasetError,
    JobError,
    NoSuchDatasetError,
    NoSuchWhateverError,
    missing_input,
)


def test_job_error_names_job_and_method() -> None:
    """The short form says which job of which method failed."""
    error = JobError("dev-7", "count", {"analysis(2)": "Traceback\nValueError: no"})

    assert str(error) == "Failed to build dev-7 (count)"
    assert (error.job, error.method) == ("dev-7", "count")


def test_job_error_tells_the_whole_story() -> None:
    """The long form has every failing part with its traceback, indented below it."""
    error = JobError("dev-7", "count", {"analysis(2)": "Traceback\nValueError: no\n", "synthesis": "gone"})

    told = error.format_msg().splitlines()

    assert told == [
        "dev-7 (count):",
        "  analysis(2):",
        "    Traceback",
        "    ValueError: no",
        "  synthesis:",
        "    gone",
    ]


def test_job_error_survives_pickling() -> None:
    """A job that saves an error it met gets the same error back."""
    error = pickle.loads(pickle.dumps(JobError("dev-7", "count", {"prepare": "no"})))

    assert (error.job, error.method, error.status) == ("dev-7", "count", {"prepare": "no"})


def test_errors_are_caught_by_their_family() -> None:
    """A missing dataset is both something that is not there and a dataset error; a failed job is a build error."""
    assert issubclass(NoSuchDatasetError, NoSuchWhateverError)
    assert issubclass(NoSuchDatasetError, DatasetError)
    assert issubclass(JobError, BuildError)
    assert issubclass(DatasetError, AxtuiError)


def test_a_missing_input_is_caught_both_ways() -> None:
    """As what is not there, and as the job that fails for it; the sentence stays, also through a pickle."""
    error = missing_input("NoSuchDatasetError", "count", "job dev-1 has no dataset 'x'")
    copy = pickle.loads(pickle.dumps(error))

    for each in (error, copy):
        assert isinstance(each, JobError)
        assert isinstance(each, NoSuchDatasetError)
        assert type(each).__name__ == "NoSuchDatasetError"
        assert str(each) == "job dev-1 has no dataset 'x'"
        assert (each.job, each.method, each.status) == ("", "count", {"server": str(each)})
