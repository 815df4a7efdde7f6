"""
The command line offers every shape that can be read.
"""

import pytest

from upheld.cli.exports import Export, mapping_of
from upheld.importers.exports import SHAPES


def test_every_shape_is_offered():
    assert [each.value for each in Export] == list(SHAPES)


@pytest.mark.parametrize("shape", list(Export))
def test_every_shape_ships_with_a_mapping(shape):
    assert mapping_of(None, shape).shape == shape.value
