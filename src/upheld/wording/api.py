"""
Sentences about requests to the API.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "auth.bad_key": "The key in the header Authorization does not work: it is unknown, expired or revoked, or it is "
    "not "
    "written as Bearer uph_... Make another one under Keys.",
    "auth.csrf": "A session that writes needs its token in the header X-CSRFToken. Reload the page, or use a key.",
    "auth.needed": "Say who you are: send a key in the header Authorization: Bearer uph_..., or log in.",
    "auth.reauthentication_needed": "Nobody has shown lately who they are in this session. Confirm your password or "
    "passkey at /accounts/reauthenticate/, then send this again.",
    "auth.right_missing": "This needs a right that you or your key do not have. Any of these would do: {rights}.",
    "auth.session_needed": "Keys are looked after in a browser, by somebody who is logged in; a key cannot do it.",
    "cursor.other_query": "The cursor belongs to another query. Use it with the filters, and by the caller, that it "
    "was "
    "made for, or begin without one.",
    "cursor.unreadable": "The cursor is none of ours. Send the next_cursor of the page before, as it is.",
    "idempotency.bad_key": "An Idempotency-Key is 1 to 200 visible ASCII characters, such as a UUID.",
    "json.duplicate_key": "The key {key} stands twice in one object. Keep one of them.",
    "json.no_number": "{given} is no number that JSON knows. Send a number, or null.",
    "json.no_object": "The body must be a JSON object in curly brackets.",
    "json.not_utf8": "The body is not UTF-8 from byte {at} on. Send it in UTF-8.",
    "json.number_too_long": "A number in the body has more than {most} digits. Send a shorter one.",
    "json.too_deep": "The body is nested deeper than {most} levels. No request needs that; send a flatter one.",
    "json.unreadable": "The body is no JSON: it cannot be read at line {line}, column {column}.",
    "request.bad_header": "The header cannot be read. Send a number of bytes.",
    "request.bad_if_match": 'If-Match takes one ETag as it was sent, such as "3", or *, and only where the answer '
    "carries an ETag.",
    "request.bad_value": "{field} cannot have this value here.",
    "request.busy": "The same request is being worked on. Send it again in a moment.",
    "request.encoded": "Bodies are taken as they are, without Content-Encoding. Send it uncompressed.",
    "request.invalid": "{count} things in the request are not as they must be; errors names each with its place.",
    "request.item_refused": "Item {position} (counted from 0) cannot be done, so nothing was; errors says why.",
    "request.method_not_allowed": "This address does not know that method. It knows: {allowed}.",
    "request.missing_field": "{field} is missing. Send it.",
    "request.not_acceptable": "This address answers in {gives}. Ask for that in Accept, or leave Accept out.",
    "request.not_found": "There is nothing here, or it is not yours to see.",
    "request.not_one_of": "{field} must be one of: {known}.",
    "request.out_of_range": "{field} is out of range; the bound is {bound}.",
    "request.read_only_field": "{field} follows from something else and cannot be set here. Leave it out; nothing was "
    "changed.",
    "request.too_large": "The body is larger than {most_bytes} bytes. Send less at once.",
    "request.too_long": "{field} is too long; {bound} is the most.",
    "request.too_often": "Too many calls. Call again in {seconds} s, as Retry-After says.",
    "request.too_short": "{field} is too short; {bound} is the least.",
    "request.unknown_field": "There is no field {field} here. Leave it out, or correct its name.",
    "request.unknown_parameter": "There is no parameter {field} here. There are: {known}.",
    "request.unreadable": "The request cannot be read. Check that its body is complete and as its content type says.",
    "request.unsupported_type": "This address takes {takes}. Say so in Content-Type.",
    "request.wrong_type": "{field} must be given as {expected}.",
    "server.error": "Something broke on our side. What you sent may not have been kept; if it happens again, tell us "
    "the number {error_id}.",
    "server.no_space": "Our disk is full, so nothing of this was kept. Send it again later, as Retry-After says.",
    "server.too_slow": "Finding this took too long, so we stopped. Ask for less: more letters of a word, or a filter.",
    "server.unavailable": "The service is restarting or very busy. Send this again in a moment, as Retry-After says.",
    "text.unstorable": "The text holds a NUL character or half of a surrogate pair, which nothing can store. Remove "
    "it.",
}
