"""The quick way writes the same bytes as the reference."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from store import canonical

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_bytes_are_those_of_the_standard(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical.dumps(value)
    else:
        assert canonical.dumps(value) == expected


def test_what_a_double_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError):
        canonical.dumps({"n": 2**60})
