"""
Sentences about running the service.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "service.not_an_email": "{given} is no e-mail address. Give one such as ada@example.org.",
    "service.weak_password": "The password is too weak: {reason} Choose another.",
    "service.passwords_differ": "The two passwords differ. Try again.",
    "service.not_migrated": "The database {where} lacks {count} changes of this version, the first is {first}. "
    "Run: upheld migrate.",
    "service.not_set_up": "There is nothing in the database {where} yet. Look whether UPHELD_HOME and DATABASE_URL "
    "name the one you mean; for a new installation, run: upheld migrate.",
    "service.database_newer": "A newer version has changed the database {count} times, first by {first}; this is "
    "{version}. Nothing was changed. Install that version again, or restore the backup from before.",
    "service.database_away": "The database does not answer: {reason}. Look whether it runs and whether DATABASE_URL "
    "names it; nothing was changed.",
    "service.other_side_away": "{handler} has got nothing through for {seconds} s: what waits for it goes out when the "
    "other side answers again. Look at UPHELD_MAIL_URL and at the mail server.",
    "service.work_late": "Due work is {seconds} s late, so notices and mail wait. Start upheld serve or upheld worker; "
    "upheld outbox show tells what waits.",
    "service.no_room": "{folder} has less than {least_mb} MB left. Make room; until then the service is not ready, and "
    "nothing that people send can be kept.",
    "outbox.not_held": "The outbox is not held, so there is nothing to release.",
    "service.port_taken": "Nothing can be served at {host}:{port}: {reason}. Choose another port: upheld serve --port "
    "8001.",
    "service.database_unreachable": "The database cannot be used: {reason}. Check DATABASE_URL and that the server "
    "runs.",
    "service.database_too_old": "The database is {given}; {oldest} or newer is needed. Upgrade it.",
    "service.home_not_writable": "{home} (UPHELD_HOME) cannot be written to. Create it, or give this user the right "
    "to.",
    "service.key_readable": "{file} can be read by others. Run: chmod go= {file}.",
    "service.debug_is_on": "UPHELD_DEBUG is on, so errors show how the service works inside. Unset it.",
    "service.address_without_tls": "People would send passwords to {address} unencrypted. Put a proxy with TLS in "
    "front and set UPHELD_ADDRESS to its https address.",
    "archive.exists": "{file} is there already. Choose another name, or move it away.",
    "archive.not_an_archive": "{file} is no archive of Upheld, or it is cut off: {reason}. Take another copy.",
    "archive.damaged": "{file} is damaged: {member} is not what was put in ({reason}). Nothing was restored. "
    "Take another copy.",
    "archive.newer": "{file} was made by a newer version (it knows {first}). Install that version, then restore.",
    "archive.wrong_database": "{file} holds a {given} database, and DATABASE_URL names {expected}. Restore it into "
    "{given}.",
    "archive.home_not_empty": "{home} (UPHELD_HOME) holds {found} already. Restore into an empty one, so that nothing "
    "is lost.",
    "archive.database_not_empty": "The database holds {count} people already. Restore into an empty one, so that "
    "nothing is lost.",
}
