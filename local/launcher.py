"""Runs MiniStack with the differences from AWS that this project would notice closed at run time.

Nothing of MiniStack is copied here. Each correction replaces one piece of a function's own source text and stops the
start when that piece is not there exactly once: then MiniStack has changed, and the correction has to be read again.
"""

import inspect
import json
import logging
import os
import sys
import threading
import time
from collections import deque

import ministack.app as app
import ministack.core.lambda_runtime as lambda_runtime
import ministack.services.glue as glue
import ministack.services.lambda_svc as lambda_svc
import ministack.services.s3 as s3
from metrics import ministack_patch

SUPPORTED_VERSION = "1.5.33"


class UpstreamChanged(Exception):
    """MiniStack's source is not what a correction was written for."""


def replace_once(text: str, old: str, new: str, where: str) -> str:
    found = text.count(old)
    if found != 1:
        raise UpstreamChanged(f"{where}: expected one occurrence of {old!r}, found {found}")
    return text.replace(old, new)


def rewrite_function(module, name: str, changes: list[tuple[str, str]]) -> None:
    """Recompiles a module's top-level function with pieces of its source replaced."""
    source = inspect.getsource(getattr(module, name))
    for old, new in changes:
        source = replace_once(source, old, new, f"{module.__name__}.{name}")
    exec(compile(source, f"{module.__file__} ({name}, corrected)", "exec"), module.__dict__)


def pass_on_error_names() -> None:
    """A failed Node handler reports the error's own name, as Lambda does, so that Retry and Catch can match it.

    Upstream reports every failure as 'Runtime.HandlerError'. A worker that died is 'Runtime.ExitError' on AWS:
    https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
    """

    def name_of(variable: str) -> str:
        return f'({variable} && typeof {variable} === "object" && {variable}.name) || "Error"'

    script = replace_once(
        lambda_runtime._NODEJS_WORKER_SCRIPT,
        'status: "error", error: String(err.message || err), trace: err.stack || ""',
        f'status: "error", errorType: {name_of("err")}, error: String(err.message || err), trace: err.stack || ""',
        "the Node worker's rejected handler",
    )
    lambda_runtime._NODEJS_WORKER_SCRIPT = replace_once(
        script,
        'status: "error", error: e.message, trace: e.stack',
        f'status: "error", errorType: {name_of("e")}, error: String((e && e.message) || e), '
        'trace: (e && e.stack) || ""',
        "the Node worker's throwing handler",
    )
    rewrite_function(
        lambda_svc,
        "_execute_function_warm",
        [
            (
                'error_type = "Runtime.HandlerError"',
                'error_type = result.get("errorType") or (\n'
                '                "Runtime.ExitError" if error_msg == "Worker process died" else "Runtime.HandlerError")',
            ),
            (
                '"errorType": error_type,\n',
                '"errorType": error_type,\n                    "trace": (result.get("trace") or "").splitlines(),\n',
            ),
        ],
    )


def add_version_to_object_events() -> None:
    """An EventBridge event about an object of a versioned bucket names the version.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    rewrite_function(
        s3,
        "_fire_s3_event",
        [
            (
                '"etag": clean_etag, "sequencer": sequencer or "0"}',
                '"etag": clean_etag, "sequencer": sequencer or "0",\n'
                '                               **({"version-id": version_id} if version_id else {})}',
            )
        ],
    )


def add_update_partition() -> None:
    """Glue's UpdatePartition; upstream knows only the call for several partitions, which reports errors in its answer.

    https://docs.aws.amazon.com/glue/latest/webapi/API_UpdatePartition.html
    """

    def update_partition(data):
        status, headers, body = glue._batch_update_partition({**data, "Entries": [data]})
        for failed in json.loads(body).get("Errors", []):
            error = failed["ErrorDetail"]
            return glue.error_response_json(error["ErrorCode"], error["ErrorMessage"], 400)
        return status, headers, body

    glue._update_partition = update_partition
    old = '"GetPartition": _get_partition,\n'
    rewrite_function(glue, "_handle_request_sync", [(old, old + '        "UpdatePartition": _update_partition,\n')])


def queue_beyond_the_cap(wait_seconds: float) -> None:
    """An invocation beyond the concurrency cap waits for its turn, behind those that came before it.

    On AWS the account's default cap is 1,000; here it is a handful, to fit the machine. Throttling at a handful would
    use up the retries of a state machine that AWS would never have throttled. An invocation made from inside another
    one never waits: its caller holds a slot.
    """
    acquire, release = lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot
    if list(inspect.signature(acquire).parameters) != ["func", "config"]:
        raise UpstreamChanged("lambda_svc._acquire_execution_slot takes other arguments")
    gate, queue = threading.Lock(), deque()

    def acquire_in_turn(func, config):
        if lambda_svc._invoke_depth.get() > 1 or threading.current_thread() is threading.main_thread():
            return acquire(func, config)
        deadline, turn = time.monotonic() + wait_seconds, threading.Event()
        with gate:
            queue.append(turn)
        try:
            while True:
                with gate:
                    first = queue[0] is turn
                    slot, limit = acquire(func, config) if first else (None, "account")
                left = deadline - time.monotonic()
                if limit != "account" or left <= 0:
                    return slot, limit
                # Only the first looks for itself, should nobody tell it; a thousand that did would keep others from work.
                turn.wait(0.25 if first else left)
                turn.clear()
        finally:
            with gate:
                queue.remove(turn)
                wake_first()

    def wake_first():
        if queue:
            queue[0].set()

    def release_and_wake(key):
        release(key)
        with gate:
            wake_first()

    lambda_svc._acquire_execution_slot = acquire_in_turn
    lambda_svc._release_execution_slot = release_and_wake


def bound_warm_workers(limit: int) -> None:
    """Keeps at most `limit` warm function processes: starting one more ends the longest idle one first.

    Upstream keeps as many as a burst has started until they have been idle for a while, and the first of each function
    for ever.
    """
    acquire = lambda_svc.acquire_worker
    for name in ("_workers", "_lock", "kill_workers"):
        if not hasattr(lambda_runtime, name):
            raise UpstreamChanged(f"lambda_runtime.{name} is gone")

    def acquire_within_limit(*args, **kwargs):
        worker, reason = acquire(*args, **kwargs)
        if reason != "spawn":
            return worker, reason
        surplus = []
        with lambda_runtime._lock:
            pools = lambda_runtime._workers
            idle = sorted((w for pool in pools.values() for w in pool if not w.in_use), key=lambda w: w.last_used)
            surplus = idle[: max(0, sum(map(len, pools.values())) - limit)]
            for key in list(pools):
                pools[key] = [w for w in pools[key] if w not in surplus]
                if not pools[key]:
                    del pools[key]
        if surplus:
            lambda_runtime.kill_workers(surplus)
        return worker, reason

    lambda_svc.acquire_worker = acquire_within_limit


def save_state_regularly(seconds: float) -> None:
    """Saves the services' state every few seconds, not only at a clean stop.

    Objects in S3 are on disk at once, but what Glue, DynamoDB and the rest know would be lost with a killed process,
    and the lake with it. The pause grows with the time that saving takes, so that it never takes more than a few
    percent of the processor.
    """
    save_all, gate = app.save_all, threading.Lock()
    stopping = threading.Event()
    logging.getLogger("persistence").setLevel(logging.WARNING)

    def save_one_at_a_time(services):
        with gate:
            save_all(services)

    def save_at_stop(services):
        stopping.set()
        save_one_at_a_time(services)

    def loop():
        pause = seconds
        while not stopping.wait(pause):
            started = time.monotonic()
            try:
                save_one_at_a_time(app._build_persistence_save_dict())
            except Exception:
                logging.getLogger("launcher").warning("could not save the state; trying again", exc_info=True)
            pause = max(seconds, 30 * (time.monotonic() - started))

    app.save_all = save_at_stop
    threading.Thread(target=loop, name="state-saver", daemon=True).start()


def main() -> None:
    try:
        from importlib.metadata import version

        if version("ministack") != SUPPORTED_VERSION:
            raise UpstreamChanged(f"this is MiniStack {version('ministack')}, not {SUPPORTED_VERSION}")
        pass_on_error_names()
        add_version_to_object_events()
        add_update_partition()
        queue_beyond_the_cap(wait_seconds=120)
        ministack_patch.apply()
        bound_warm_workers(int(os.environ.get("TRIBUTARY_WARM_WORKERS", "12")))
        if os.environ.get("PERSIST_STATE") == "1":
            save_state_regularly(seconds=15)
    except (UpstreamChanged, ministack_patch.UpstreamChanged) as error:
        sys.exit(f"MiniStack is not what local/launcher.py was written for: {error}")
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    main()
