"""MLX on Apple computers: mlx_lm.server."""

from dsdesk.base.message import Message
from dsdesk.deploy.deployment import Deployment, command_line
from dsdesk.deploy.plan import Command, LaunchPlan

VERSION = "mlx-lm 0.32.2"
SOURCE = "mlx_lm/server.py of the wheel, read 2026-11-24"


def plan(deployment: Deployment) -> LaunchPlan:
    """One server on one computer."""
    command = command_line(
        "mlx_lm.server",
        ("--model", f"$HOME/models/{deployment.name}"),
        ("--decode-concurrency", deployment.workload.sequences),
        ("--max-tokens", deployment.workload.output_tokens),
        ("--host", deployment.host),
        ("--port", 8080),
    ).replace(f"'$HOME/models/{deployment.name}'", f'"$HOME/models/{deployment.name}"')
    return LaunchPlan(
        engine=deployment.evaluation.configuration.engine,
        version=VERSION,
        source=SOURCE,
        commands=(Command("", command, Message("Start the server on port 8080.")),),
        files=(("run.sh", f"#!/bin/sh\nexport HF_HUB_OFFLINE=1\nexec {command}\n"),),
        notes=(
            Message(
                "Put an MLX checkpoint at {precision} into the folder; mlx_lm.convert makes one.",
                precision=deployment.precision.name,
            ),
        ),
    )
