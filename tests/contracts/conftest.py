"""The suites of the package speak by assert: let pytest show what they compared."""

import pytest

pytest.register_assert_rewrite("community_sdk.testing.contracts")
