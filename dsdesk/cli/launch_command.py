"""The commands that start the best rows of the advice on the detected machine."""

from collections.abc import Iterable
from dataclasses import replace

from dsdesk.build.catalog import Catalog
from dsdesk.deploy import launch_plan
from dsdesk.detect.adopt import adopt_edit
from dsdesk.detect.advice import Run
from dsdesk.detect.snapshot import Snapshot
from dsdesk.evaluate import evaluate
from dsdesk.llm.precision import Engine
from dsdesk.project.project import ModelChoice, Project, Workload

_MOST = 2000
Key = tuple[str, str, Engine]


def launch_commands(rows: Iterable[Run], snapshot: Snapshot, workload: Workload, catalog: Catalog) -> dict[Key, str]:
    """A command by (model, precision, engine) for the first rows that fit.

    The machine is evaluated once; the rows bring plan and memory, which were computed for the table.
    """
    base = evaluate(adopt_edit(snapshot, catalog).apply(Project()), catalog)
    if base.accelerator is None:
        return {}
    commands: dict[Key, str] = {}
    for run in rows:
        if len(commands) == _MOST:
            break
        llm = catalog.llm(run.model)
        if not run.fits or run.sized is None or llm is None:
            continue
        configuration = replace(
            base.configuration,
            model=ModelChoice(llm_id=run.model),
            precision=run.precision,
            engine=run.engine,
            workload=workload,
        )
        evaluation = replace(
            base,
            project=base.project.with_configuration(configuration),
            llm=llm,
            plan=run.sized.plan,
            need=run.sized.need,
            offload_layers=run.offload_layers,
        )
        plan = launch_plan(evaluation)
        if plan.commands:
            commands[run.model, run.precision, run.engine] = plan.commands[-1].text
    return commands
