"""Files that every launch brings beside the command: the service unit, and notes to print."""

from dsdesk.base.message import Message
from dsdesk.base.translate import Language, render
from dsdesk.deploy.plan import LaunchPlan
from dsdesk.llm.precision import Engine

_UNIT = """\
[Unit]
Description={name} ({engine})
After=network-online.target
Wants=network-online.target

[Service]
User=llm
WorkingDirectory=/opt/llm
ExecStart=/bin/sh /opt/llm/{script}
Restart=on-failure
RestartSec=10
LimitMEMLOCK=infinity
LimitNOFILE=1048576
TimeoutStartSec=infinity

[Install]
WantedBy=multi-user.target
"""


def service_unit(name: str, plan: LaunchPlan) -> tuple[tuple[str, str], ...]:
    """A systemd unit for each script of the plan; no container is needed."""
    if plan.engine is Engine.MLX:
        return ()  # macOS has no systemd
    scripts = [file for file, _ in plan.files if file.endswith(".sh")]
    return tuple(
        (
            f"llm{script.removeprefix('run').removesuffix('.sh')}.service",
            _UNIT.format(name=name, engine=plan.engine.value, script=script),
        )
        for script in scripts
    )


def notes_text(plan: LaunchPlan, language: Language) -> str:
    """Commands, warnings and notes as plain text."""
    lines = [f"{plan.engine.value} · {plan.version}", plan.source, ""]
    for command in plan.commands:
        where = f"[{command.machine}] " if command.machine else ""
        lines += [f"# {where}{render(command.comment, language)}", command.text, ""]
    for message in (*plan.warnings, *plan.notes):
        lines += [f"- {render(message, language)}"]
    return "\n".join(lines) + "\n"


INSTALL = Message(
    "Copy the files into /opt/llm, make a user called llm that may read the models and use the accelerators, put the "
    "*.service file into /etc/systemd/system and enable it."
)
OPEN_PORT = Message(
    "The server listens on all networks: let only trusted ones reach its port, or put a proxy with a password in front."
)
