"""The engine of a project: composes the stages below; its loop, its socket, and the client's end."""
