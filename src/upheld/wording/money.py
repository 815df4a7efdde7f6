"""
Sentences about money.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "money.mixed_currencies": "{one} and {other} cannot be added. Keep one sum per currency.",
    "money.not_finite": "{given} is not an amount of money. Write a plain decimal number such as 1250.00.",
    "money.too_large": "The amount {given} is larger than {most}. Check its digits.",
    "money.too_fine": "{given} is finer than the smallest coin of {currency}. Round it before it becomes money.",
}
