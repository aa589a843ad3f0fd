"""The only file format: playbooks in TOML, checked whole."""

from community_sdk.playbook._playbook import Consent, Playbook

__all__ = ["Consent", "Playbook"]
