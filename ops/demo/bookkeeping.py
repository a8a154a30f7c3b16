"""Step 9: nothing is left lying about."""

from ops.demo.stage import Stage


def balance(stage: Stage) -> list[str]:
    """The books balance; queues and outboxes are empty; nothing is parked or dead; no rate limit was met."""
    trial = stage.office.get("/ledger/trial-balance")
    stage.check("the trial balance is zero", float(trial["difference"]) == 0, trial)
    stage.soon("drained outboxes", lambda: all(each["outbox_unsent"] == 0 for each in services(stage)))
    stage.soon("empty queues", lambda: not any(queues(stage).values()), seen=lambda: waiting(stage))
    stage.soon("the end of what was parked", lambda: not any(each["parked"] for each in services(stage)))
    for each in services(stage):
        stage.check(f"nothing of {each['service']} is dead", each["dead"] == 0, each)
    slowed_down = sum(each.slowed_down for each in stage.visitors)
    stage.check("nobody of the story asked more than the rate limits allow", slowed_down == 0, slowed_down)
    return [f"{len(trial['lines'])} accounts, difference {trial['difference']}; {len(queues(stage))} queues empty"]


def waiting(stage: Stage) -> dict[str, int]:
    """The queues that are not empty."""
    return {name: messages for name, messages in queues(stage).items() if messages}


def services(stage: Stage) -> list[dict[str, int]]:
    """The state of every service."""
    found: list[dict[str, int]] = stage.office.get("/system/services")["data"]
    return found


def queues(stage: Stage) -> dict[str, int]:
    """Messages waiting in every queue and dead-letter queue."""
    return {each["name"]: each["messages"] for each in stage.office.get("/system/queues")["data"]}
