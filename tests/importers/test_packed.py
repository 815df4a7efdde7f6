"""
What is unpacked equals what was packed, for every kind of event.
"""

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.core.test_events import events
from upheld.importers.histories import TicketHistory
from upheld.importers.packed import PackedHistories

HISTORIES = st.builds(
    TicketHistory,
    st.text(max_size=4),
    st.text(max_size=4),
    st.lists(events(), min_size=1, max_size=6).map(tuple),
    st.integers(0, 2**40),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@hypothesis.given(st.lists(HISTORIES, max_size=6))
def test_there_and_back(histories):
    packed = PackedHistories.of(histories)
    assert list(packed) == histories
    assert packed == histories
    assert packed[1:4] == tuple(histories[1:4])
    for index, each in enumerate(histories):
        assert packed[index] == each == packed[index - len(histories)]
        assert (packed.events(index), packed.customer_at(index)) == (each.events, each.customer)
    assert PackedHistories.of(packed) is packed


def test_beyond_the_end():
    with pytest.raises(IndexError):
        PackedHistories.of([])[0]
