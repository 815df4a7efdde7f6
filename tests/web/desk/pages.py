"""
Reading pages as a person does: the words, without tags and spaces.
"""

import html
import re


def words(response_or_text):
    text = response_or_text if isinstance(response_or_text, str) else response_or_text.content.decode()
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return (
        " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
        .replace(" ,", ",")
        .replace(" .", ".")
        .replace(" :", ":")
    )


def row(response, ticket):
    found = re.search(rf'<tr data-row id="t-{ticket.public_id}".*?</tr>', response.content.decode(), flags=re.DOTALL)
    return words(found.group(0)) if found else None


def order(response):
    return re.findall(r'<tr data-row id="t-(\w+)"', response.content.decode())


def field(response, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    return html.unescape(found.group(1)) if found else None
