"""Faults a test orders from a simulator: what goes wrong next, at which step, how many times."""

import threading
from dataclasses import asdict, dataclass
from typing import Any

MAX_DELAY = 60.0


@dataclass
class Fault:
    """One ordered fault.

    `on` is a step of the simulator, `effect` what happens there, `times` how often before it is used up, `seconds` the
    length of a delay, `status` the answer's code where the effect needs one, `to` limits it to one receiver.
    """

    on: str
    effect: str
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    to: str = ""


class Faults:
    """The ordered faults of one simulator, thread safe. `known` says which effects each step understands."""

    def __init__(self, known: dict[str, frozenset[str]]) -> None:
        self._known = known
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def order(self, wanted: dict[str, Any]) -> Fault:
        """Add a fault described as JSON. ValueError names what the simulator does not know."""
        try:
            fault = Fault(**wanted)
        except TypeError as error:
            raise ValueError(f"a fault has on, effect, times, seconds, status, to: {error}") from error
        if fault.effect not in self._known.get(fault.on, frozenset()):
            known = {step: sorted(effects) for step, effects in self._known.items()}
            raise ValueError(f"no effect {fault.effect!r} on {fault.on!r}; known are {known}")
        if not 0 <= fault.seconds <= MAX_DELAY:
            raise ValueError(f"seconds must be between 0 and {MAX_DELAY:.0f}, not {fault.seconds}")
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, on: str, effects: frozenset[str] | None = None, to: str = "") -> Fault | None:
        """The first fault ordered for this step (and one of `effects`), used up by one; None when all is well."""
        with self._lock:
            for fault in self._faults:
                if fault.on == on and (effects is None or fault.effect in effects) and fault.to in ("", to):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Forget all ordered faults."""
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        """The faults still to come, as plain data."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]
