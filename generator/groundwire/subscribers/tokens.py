"""The secret part of a link: who, for what, signed. Short (32 and 40 characters), so that no header ever folds it.

A token is the key's number, the subscriber's id and, for a confirmation, the second in which it was asked for, then an
HMAC-SHA256 of these and of the purpose. One for leaving never expires and outlives its key's successors; one for
confirming is good for seven days and only while its key is the newest.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["leave", "confirm"]
ID_BYTES = 8
CONFIRM_S = 7 * 24 * 3600
_PAYLOAD: Mapping[Scope, int] = {"leave": ID_BYTES, "confirm": ID_BYTES + 4}
_MAC: Mapping[Scope, int] = {"leave": 15, "confirm": 17}  # 120 and 136 bits; the lengths leave no spare bits in base64


@dataclass(frozen=True)
class Keys:
    """All keys that this publication ever signed with; the newest signs."""

    secrets: Mapping[int, bytes]

    @property
    def newest(self) -> int:
        """The number of the key that signs."""
        return max(self.secrets)

    def leave(self, subscriber: bytes) -> str:
        """Make the token with which a subscriber leaves."""
        return self._signed("leave", subscriber)

    def confirm(self, subscriber: bytes, requested: int) -> str:
        """Make the token with which a subscriber confirms what was asked for at `requested`."""
        return self._signed("confirm", subscriber + requested.to_bytes(4, "big"))

    def leaver(self, token: str) -> bytes | None:
        """Return whose token it is; None if it is not one of ours for leaving."""
        found = self._read("leave", token)
        return found[1] if found else None

    def confirmer(self, token: str, *, now: int) -> tuple[bytes, int] | None:
        """Return whose confirmation it is and when it was asked for; None if it is not one, or too old."""
        found = self._read("confirm", token)
        if not found or found[0] != self.newest:
            return None
        subscriber, requested = found[1][:ID_BYTES], int.from_bytes(found[1][ID_BYTES:], "big")
        return (subscriber, requested) if 0 <= now - requested <= CONFIRM_S else None

    def _signed(self, scope: Scope, payload: bytes) -> str:
        data = bytes([self.newest]) + payload
        return urlsafe_b64encode(data + self._mac(scope, self.newest, data)).decode("ascii").rstrip("=")

    def _read(self, scope: Scope, token: str) -> tuple[int, bytes] | None:
        size = 1 + _PAYLOAD[scope]
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except (binascii.Error, ValueError):
            return None
        if len(raw) != size + _MAC[scope] or raw[0] not in self.secrets or len(token) * 3 != len(raw) * 4:
            return None
        data, mac = raw[:size], raw[size:]
        return (data[0], data[1:]) if hmac.compare_digest(mac, self._mac(scope, data[0], data)) else None

    def _mac(self, scope: Scope, key: int, data: bytes) -> bytes:
        return hmac.digest(self.secrets[key], scope.encode("ascii") + b"\0" + data, "sha256")[: _MAC[scope]]
