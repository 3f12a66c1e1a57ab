"""The command line: the only place that prints, reads arguments and exits.

The door of the room: `main`, and `console`, which the console script calls.
"""

from __future__ import annotations

import os
import sys

from sipdiag.errors import CaptureError, SipdiagError

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
EXIT_NOTHING = 4
"""`check` only: no SIP message, so nothing was checked."""
EXIT_INTERRUPTED = 130
"""As shells report a program that Ctrl-C ended."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; no traceback reaches a user."""
    from sipdiag.cli.quick import quick  # noqa: PLC0415  (so that what main itself needs stays next to nothing)

    given = sys.argv[1:] if arguments is None else arguments
    # NumPy's linear algebra, which nothing here uses, starts a thread a core: a quarter of the time of a small capture.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = quick(given)
        if code is None:
            import gc  # noqa: PLC0415

            # What a run makes lives until its report is written: looking for garbage finds none, and takes a fifth.
            gc.disable()
            from sipdiag.cli.ahead import read_ahead  # noqa: PLC0415

            read_ahead(given)
            from sipdiag.cli.commands import run  # noqa: PLC0415

            code = run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`). What is still buffered must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except SipdiagError as error:
        from sipdiag.cli.phrases import told  # noqa: PLC0415  (most runs go well)
        from sipdiag.report.escape import shown  # noqa: PLC0415  (a file name is hostile text too)

        print(f"sipdiag: {shown(told(str(error)))}", file=sys.stderr)  # noqa: T201
        return EXIT_UNREADABLE if isinstance(error, CaptureError) else EXIT_USAGE
    except OSError as error:  # standard output takes no more: the disk is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        from sipdiag.cli.phrases import told  # noqa: PLC0415

        print(f"sipdiag: {told(f'cannot write the report: {error.strerror}')}", file=sys.stderr)  # noqa: T201
        return EXIT_USAGE
    except Exception as error:  # the last net: a user gets one line, a developer the traceback
        if os.environ.get("SIPDIAG_TRACEBACK"):
            raise
        reason = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(  # noqa: T201
            f"sipdiag: a bug in sipdiag, please report it: {reason!a} (SIPDIAG_TRACEBACK=1 shows where)",
            file=sys.stderr,
        )
        return EXIT_UNREADABLE
    else:
        return code


def console() -> None:
    """Run the command line and end the process with its exit code: at once, see `leaving`."""
    code = main()
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:  # somebody else may have something to finish
        sys.exit(code)
    import atexit  # noqa: PLC0415

    atexit._run_exitfuncs()  # noqa: SLF001  (temporary files are removed here)
    os._exit(code)


__all__ = ["EXIT_FINDINGS", "EXIT_NOTHING", "EXIT_UNREADABLE", "EXIT_USAGE", "console", "main"]
