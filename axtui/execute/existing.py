"""Answers requests for jobs with those that exist, in this process: for a job that runs where nothing is built."""

from __future__ import annotations

import os
from pathlib import Path

from axtui.base.errors import BuildError
from axtui.base.wire import Message
from axtui.build.code import Code
from axtui.build.facts import Wanted
from axtui.build.identity import identify
from axtui.build.renewal import open_catalogue
from axtui.build.request import Request, make_request
from axtui.build.reuse import Reuse
from axtui.execute.in_process import borrowed_process, import_method
from axtui.method.description import Description, describe_method
from axtui.method.packages import versions_of
from axtui.method.snapshot import Snapshot
from axtui.project.config import Project
from axtui.store.commit import file_digest
from axtui.store.index import in_memory


class ExistingJobs:
    """The finished jobs of a project, for its source as it is at the last rescan of `code`."""

    def __init__(self, project: Project, code: Code) -> None:
        self._project = project
        self._code = code
        self._catalogue = open_catalogue(project, in_memory)
        self._is_read = False

    def find(self, message: Message) -> str:
        """Return the job that a build of a request would reuse.

        Raises:
            BuildError: It would be built; or the method cannot be imported.
            AxtuiError: The request cannot be.
        """
        if not self._is_read:  # most jobs ask for none
            self._catalogue.refresh()
            self._is_read = True
        method = str(message["method"])
        snapshot = self._code.snapshot(method)
        wanted = self._identify(snapshot, self._describe(method, snapshot), message)
        found, fault = Reuse(self._catalogue, self._code).find(wanted)
        if found is None:
            raise BuildError(f"a job of {method} would have to be built{f', because {fault}' if fault else ''}")
        return found.jobid

    def _describe(self, method: str, snapshot: Snapshot) -> Description:
        try:
            with borrowed_process(snapshot, self._code.sources) as finder:
                return describe_method(method, import_method(finder, snapshot))
        except Exception as error:  # whatever an import raises is why there is no such job
            raise BuildError(f"method {method} cannot be imported: {type(error).__name__}: {error}") from None

    def _identify(self, base: Snapshot, description: Description, message: Message) -> Wanted:
        request = make_request(description, message)
        snapshot = self._code.full_snapshot(base, description)
        packages = versions_of(request.method, (*description.packages, *self._project.depend_packages))
        files, slices = self._digests(request), self._project.slices
        return Wanted(request, identify(request, snapshot.digest, self._catalogue, files, slices, packages), snapshot)

    def _digests(self, request: Request) -> dict[str, str]:
        found = {}
        for option, name in request.input_files.items():
            path = Path(os.path.join(self._project.input_directory, name))
            try:
                found[option] = file_digest(path)[1]
            except OSError as error:
                where = f"option {option} of {request.method}"
                raise BuildError(f"{where}: {path} cannot be read ({error.strerror})") from None
        return found
