"""What a plan that drafts tokens needs beyond the model itself."""

from dsdesk.base.message import Message
from dsdesk.deploy.deployment import Deployment
from dsdesk.llm.precision import Engine

# Engines whose public documentation names options that draft with the model's own prediction layers.
_DRAFTING = frozenset({Engine.VLLM, Engine.SGLANG})


def draft_notes(deployment: Deployment) -> tuple[Message, ...]:
    """What the operator has to know of the drafts; nothing where none are wanted."""
    configuration = deployment.evaluation.configuration
    if configuration.speculation is None:
        return ()
    if not deployment.own_drafts:
        return (
            Message(
                "{model} has no multi-token-prediction layers: drafts need a draft model, and the command names none.",
                model=deployment.llm.name,
            ),
        )
    if configuration.engine not in _DRAFTING:
        return (
            Message(
                "No option that drafts tokens was read for {engine}: the command leaves drafts off.",
                engine=configuration.engine.value,
            ),
        )
    return (
        Message(
            "The checkpoint must hold the multi-token-prediction layers, which draft {count} tokens before each pass.",
            count=configuration.speculation.draft_tokens,
        ),
    )
