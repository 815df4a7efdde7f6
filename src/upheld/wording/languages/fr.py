"""
French.
"""

from typing import Final

_SENTENCES: Final[dict[str, str]] = {
    "clock.promised": "Promis{for_severity} : en {length}{hours}{or_agreed}.",
    "clock.promised_less_than": "Promis{for_severity} : en moins de {length}{hours}{or_agreed}.",
    "clock.promised_range": "Promis{for_severity} : en {early} à {length}{hours}{or_agreed}.",
    "clock.promised_best_effort": "Promis{for_severity} : au mieux, sans échéance.",
    "clock.promised_none": "Rien n’est promis{for_severity}.",
    "clock.promised_immediate": (
        "Promis{for_severity} : immédiatement. Le plan ne donne pas de chiffre, il n’y a donc pas d’échéance."
    ),
    "clock.promised_missing": "Le plan ne donne pas de chiffre{for_severity} ; le contrat doit en donner un.",
    "clock.promised_agreed": "Promis{for_severity} : à une date convenue avec le client.",
    "clock.started": "{metric} a commencé {at} : {by}.",
    "clock.unobservable": (
        "Ce qui a été enregistré ne montre pas si cette promesse a été tenue ; il n’y a donc pas de verdict."
    ),
    "clock.rolled": "Le support était alors fermé, cela compte donc à partir de {opens_at}.",
    "clock.would_roll": "Le support était alors fermé ; sans la suite, cela compterait à partir de {opens_at}.",
    "clock.severity_changed": (
        "{at} : la gravité est passée de {old_severity} à {severity} ; la promesse reste la même."
    ),
    "clock.severity_changed_from_change": (
        "{at} : la gravité est passée {from_to}. Désormais promis : {promise}{new_hours}, compté à partir de ce moment."
    ),
    "clock.severity_changed_from_start": (
        "{at} : la gravité est passée {from_to}. Désormais promis : {promise}{new_hours}, compté depuis le début."
    ),
    "clock.severity_changed_reconsider": (
        "{at} : la gravité est passée {from_to}. Désormais promis : {promise}{new_hours}, compté depuis le "
        "début ; ce qui était en retard avant est donc réévalué."
    ),
    "clock.severity_changed_untimed": "{at} : la gravité est passée {from_to}. Désormais : {promise}.",
    "clock.target_changed_from_start": (
        "{at} : un autre objectif s’applique. Désormais promis : {promise}{new_hours}, compté depuis le début."
    ),
    "clock.target_changed_untimed": "{at} : un autre objectif s’applique. Désormais : {promise}.",
    "clock.calendar_changed": "{at} : à partir d’ici, cela compte selon {calendar} au lieu de {old_calendar}.",
    "clock.phoned": (
        "{at} : le client a téléphoné ; à partir d’ici, cela compte donc selon {calendar} au lieu de {old_calendar}."
    ),
    "clock.promise_began_from_change": (
        "{at} : désormais promis{for_severity} : {promise}{new_hours}, compté à partir de ce moment."
    ),
    "clock.promise_began_from_start": (
        "{at} : désormais promis{for_severity} : {promise}{new_hours}, compté depuis le début."
    ),
    "clock.promise_began_untimed": "{at} : désormais : {promise}.",
    "clock.promise_ended": "{at} : à partir d’ici, rien n’est promis.",
    "clock.calendar_moved": (
        "{at} : les heures de support ont été révisées (jours fériés ou fuseau horaire), et tout a été recompté "
        "depuis le début : {due_change}."
    ),
    "clock.plan_moved": "{at} : une autre version du plan s’applique. Ce qui a été compté demeure : {due_change}.",
    "clock.plan_moved_from_change": (
        "{at} : une autre version du plan s’applique. Désormais promis : {promise}{new_hours}, compté à "
        "partir de ce moment : {due_change}."
    ),
    "clock.plan_moved_from_start": (
        "{at} : une autre version du plan s’applique. Désormais promis : {promise}{new_hours}, compté depuis "
        "le début : {due_change}."
    ),
    "clock.plan_moved_untimed": "{at} : une autre version du plan s’applique. Désormais : {promise}.",
    "clock.paused": "Suspendu de {at} à {until_at} : {conditions}.",
    "clock.paused_since": "Suspendu depuis {at} : {conditions}.",
    "clock.due": "Échéance {due_at}.",
    "clock.due_before": "Échéance avant {due_at}.",
    "clock.due_range": "Échéance de {early_at} à {due_at} ; seule la dernière heure est jugée.",
    "clock.agreed": "Échéance {due_at}, la date convenue avec le client.",
    "clock.not_agreed": "Aucune date n’a encore été convenue.",
    "clock.excluded": "Ceci ne compte pas pour la promesse : {cause}.",
    "clock.running": "{spent} utilisés, reste {left}.",
    "clock.at_risk": "En danger : {spent} utilisés, reste {left}.",
    "clock.open": "Encore {to_go}.",
    "clock.outside_hours": "Le support est fermé maintenant ; reprise {resumes_at}{with_left}.",
    "clock.waits": "L’échéance sera de nouveau connue ensuite{with_left}.",
    "clock.met": "Tenu : {by} {stopped_at}{used}.",
    "clock.breached": "Non tenu : {by} {stopped_at}, {late}{overrun}.",
    "clock.done": "Terminé {stopped_at} : {by} ; sans échéance, il n’y a rien à juger.",
    "clock.overdue": "Non tenu : c’est encore ouvert, {late}.",
    "clock.ended": "Terminé {ended_at}, ni tenu ni rompu : {because}.",
    "clock.ended_breached": "Non tenu : cela s’est terminé {ended_at}, {late}, et rien ne l’avait tenu ({because}).",
    "contract.already_listed": "{person} figure déjà sur cette liste de contacts. Désignez quelqu’un d’autre.",
    "contract.list_full": (
        "La liste de contacts {given} compte au plus {most} personnes à ce niveau. Retirez-en d’abord une."
    ),
    "contract.list_not_in_tier": (
        "Le niveau {tier} n’a pas de liste de contacts {given}. Désignez la personne sur une liste de ce niveau."
    ),
    "contract.list_too_short": (
        "La liste de contacts {given} doit garder au moins {least} personnes. Indiquez en même temps qui "
        "prend la suite."
    ),
    "contract.successor_missing": (
        "Quiconque quitte la liste de contacts {given} indique qui prend la suite. Choisissez quelqu’un."
    ),
    "contract.unknown_list": (
        "Le plan n’a pas de liste de contacts {given}. Ses listes figurent sous contacts dans le plan."
    ),
    "party.address_link_invalid": (
        "Ce lien ne fonctionne pas : il est trop ancien, ou l’adresse a été supprimée. Demandez-en un nouveau."
    ),
    "party.address_not_verified": (
        "Cette adresse n’est pas encore confirmée. Ouvrez d’abord le lien que nous y avons envoyé."
    ),
    "party.own_address": "{given} est déjà votre adresse.",
    "party.too_many_addresses": "Vous avez déjà {most} autres adresses. Supprimez-en d’abord une.",
    "party.invitation_invalid": (
        "Cette invitation ne fonctionne pas : elle est inconnue, a été utilisée ou a expiré. Demandez-en une nouvelle."
    ),
    "severity.unknown_question": "Le plan n’a pas de question {given}. Ses questions sont : {known}.",
    "severity.unknown_answer": "{given} n’est pas une réponse à la question {question}. Ses réponses sont : {known}.",
    "severity.no_number": (
        "{given} n’est pas un nombre, et on répond à {question} par un nombre. Écrivez des chiffres, par exemple 25."
    ),
    "severity.number_in_no_band": (
        "{given} est en dehors de ce que {question} peut valoir. Ses réponses signifient : {bands}."
    ),
    "file.too_large": (
        "Le fichier « {name} » fait {given_mb} Mo ; un fichier peut faire jusqu’à {most_mb} Mo. Envoyez-en "
        "une partie, ou un lien vers son emplacement."
    ),
    "file.too_many": (
        "Le fichier « {name} » a été laissé de côté : un message peut porter jusqu’à {most} fichiers, et "
        "{kept} sont conservés. Envoyez-le avec un autre message, ou regroupez-en plusieurs dans une archive."
    ),
    "file.quota_reached": (
        "Le fichier « {name} » a été laissé de côté : les fichiers de ce client occupent la totalité de "
        "leurs {most_gb} Go. Effacez-en d’anciens, ou envoyez un lien."
    ),
    "file.no_space": (
        "Le fichier « {name} » n’a pas pu être conservé : notre disque est plein. Votre texte est conservé ; "
        "réessayez sans le fichier et prévenez l’exploitation."
    ),
    "file.missing": (
        "Le fichier « {name} » n’est plus là où il était conservé. Prévenez l’exploitation ; `upheld verify` l’indique."
    ),
    "file.bad_key": "Ce n’est pas la clé d’un fichier que nous conservons.",
    "intake.choose_contract": "Plusieurs contrats conviennent à cette demande : {choices}. Indiquez lequel s’applique.",
    "intake.no_customer": (
        "La demande n’indique ni qui l’envoie ni pour quel client. Rien ne peut être promis ainsi ; indiquez "
        "pour qui elle est."
    ),
    "intake.no_subject": "Une demande a besoin d’un titre. Dites en quelques mots de quoi il s’agit.",
    "intake.not_a_contact": (
        "Dans ce contrat, seuls {people} peuvent écrire au support. Ce que vous avez envoyé est conservé, "
        "mais personne n’y travaille. Demandez à l’un d’eux de l’envoyer, ou de vous désigner comme contact."
    ),
    "intake.subject_too_long": (
        "Le titre a {given} caractères ; le maximum est de {most}. Mettez le reste dans le texte."
    ),
    "intake.text_too_long": (
        "Le texte a {given} caractères ; le maximum est de {most}. Envoyez le reste dans un fichier."
    ),
    "intake.unknown_contract": "Ce client n’a pas ce contrat. Choisissez l’un des siens, ou aucun.",
    "intake.unknown_instance": "Le contrat n’a pas cette instance. Choisissez l’une de ses instances, ou aucune.",
    "intake.unknown_word": "Le plan ne connaît pas {given} comme {field}. Il connaît : {known}.",
    "intake.unreadable": (
        "L’envoi ne peut pas être lu ({reason}). Il est conservé tel quel ; l’exploitation peut l’examiner."
    ),
    "message.empty": "Le message n’a pas de texte. Écrivez-en un.",
    "message.no_ticket": "Le ticket auquel ce message était destiné n’existe pas. Le message est conservé.",
    "message.too_long": "Le message a {given} caractères ; le maximum est de {most}. Envoyez le reste dans un fichier.",
    "ticket.changed_meanwhile": (
        "Quelqu’un a modifié le ticket entre-temps : il en est à la version {found}, et {expected} était "
        "attendue. Regardez-le de nouveau, puis décidez."
    ),
    "ticket.merged": "Le ticket {number} est passé dans un autre. Écrivez là-bas.",
    "ticket.not_resolved": "Le ticket n’est ni résolu ni clos ; il n’y a donc rien à rouvrir.",
    "ticket.same_status": "L’état est déjà {given}.",
}
"""Sentences by code."""

_WORDS: Final[dict[str, str]] = {
    "{count} support day": "{count} jour de support",
    "{count} support days": "{count} jours de support",
    "day": "jour",
    "days": "jours",
    "now": "maintenant",
    "no severity": "aucune gravité",
    "all hours, day and night": "toutes les heures, jour et nuit",
    "all hours": "jour et nuit",
    "no time": "aucun délai",
    " (same time of day)": " (même heure)",
    " (by closing)": " (avant la fermeture)",
    ", day and night": ", jour et nuit",
    ", counted in {calendar}": ", compté selon {calendar}",
    ", in {calendar}": ", selon {calendar}",
    ", or by a date agreed with the customer": ", ou à une date convenue avec le client",
    "at the very moment before which it was due": "au moment même avant lequel c’était dû",
    "the support hours {name}": "les heures de support {name}",
    "“{name}”": "« {name} »",
    "from {old} to {new}": "de {old} à {new}",
    "to {new}": "à {new}",
    " of {length}": " de {length}",
    " for {severity}": " pour {severity}",
    ", with {left} left": ", reste {left}",
    ", {spent} of {allowed} used": ", {spent} sur {allowed} utilisés",
    "{length} late": "{length} de retard",
    " ({length} of it in support hours)": " (dont {length} en heures de support)",
    ", after the due time": ", après l’échéance",
    "late": "en retard",
    "{metric}: what counted": "{metric} : ce qui a compté",
    "Nothing was counted.": "Rien n’a été compté.",
    "start": "début",
    "{since} to {until}": "{since} à {until}",
    "due from": "dû à partir de",
    "{one} and {other}": "{one} et {other}",
    "within {length}": "en {length}",
    "in less than {length}": "en moins de {length}",
    "in {early} to {length}": "en {early} à {length}",
    "it is best effort, without a due time": "au mieux, sans échéance",
    "nothing is promised": "rien n’est promis",
    "at once is promised, without a figure and so without a due time": (
        "immédiatement, sans chiffre et donc sans échéance"
    ),
    "the contract has to give the figure, for the plan gives none": (
        "le contrat doit donner le chiffre, car le plan n’en donne pas"
    ),
    "a date agreed with the customer is promised": "une date convenue avec le client",
    "the ticket was opened": "le ticket a été ouvert",
    "the customer wrote": "le client a écrit",
    "support replied": "le support a répondu",
    "the customer telephoned": "le client a téléphoné",
    "support acknowledged the ticket": "le support a accusé réception",
    "support called back": "le support a rappelé",
    "support assigned the severity": "le support a fixé la gravité",
    "support confirmed the severity": "le support a confirmé la gravité",
    "the ticket was assigned": "le ticket a été attribué",
    "a workaround was given": "une solution de contournement a été donnée",
    "a remediation plan was given": "un plan de correction a été donné",
    "the error was reproduced": "l’erreur a été reproduite",
    "the ticket was resolved": "le ticket a été résolu",
    "the ticket was closed": "le ticket a été clos",
    "the ticket was reopened": "le ticket a été rouvert",
    "the missing information arrived": "les informations manquantes sont arrivées",
    "waiting on the customer": "en attente du client",
    "waiting on support": "en attente du support",
    "waiting on a third party": "en attente d’un tiers",
    "on hold": "mis en attente",
    "information is missing": "des informations manquent",
    "held until it is clear which contract covers it": "en attente jusqu’à ce que le contrat applicable soit connu",
    "resolved": "résolu",
    "the ticket was merged into another": "le ticket a été regroupé avec un autre",
    "nothing is owed while the ticket waits": "rien n’est dû pendant que le ticket attend",
    "the plan version to which the ticket moved does not promise it": (
        "la version du plan à laquelle le ticket est passé ne le promet pas"
    ),
    "the records cannot show it": "les enregistrements ne le montrent pas",
    "the request is worked on as best effort": "la demande est traitée au mieux",
    "the plan does not cover the request": "le plan ne couvre pas la demande",
    "running": "en cours",
    "paused": "suspendu",
    "outside hours": "en dehors des heures",
    "no due time": "pas d’échéance",
    "kept": "tenu",
    "broken": "non tenu",
    "ended": "terminé",
    "cannot be seen": "indéterminable",
    "counted": "compté",
    "counted for an earlier promise": "compté pour une promesse antérieure",
    "to come": "à venir",
    "opened": "ouvert",
    "customer wrote": "client a écrit",
    "customer called": "client a appelé",
    "reopened": "rouvert",
    "other hours": "autres heures",
    "revised hours": "heures révisées",
    "other plan version": "autre version du plan",
    "other target": "autre objectif",
    "promised": "promis",
    "no promise": "pas de promesse",
    "due": "échéance",
    "due before": "échéance avant",
    "due as agreed": "échéance convenue",
    "finished": "fini",
    "“{name}” was reached": "« {name} » a été atteint",
    "“{name}” was done": "« {name} » était fait",
    "Mon": "lun.",
    "Tue": "mar.",
    "Wed": "mer.",
    "Thu": "jeu.",
    "Fri": "ven.",
    "Sat": "sam.",
    "Sun": "dim.",
    "Jan": "janv.",
    "Feb": "févr.",
    "Mar": "mars",
    "Apr": "avr.",
    "May": "mai",
    "Jun": "juin",
    "Jul": "juil.",
    "Aug": "août",
    "Sep": "sept.",
    "Oct": "oct.",
    "Nov": "nov.",
    "Dec": "déc.",
    "there is no due time for the present": "pour l’instant, il n’y a pas d’échéance",
    "due {after}": "échéance {after}",
    "due {after} instead of {before}": "échéance {after} au lieu de {before}",
}
"""Words and parts of sentences by their English ones."""

TEXTS: Final[dict[str, str]] = _SENTENCES | _WORDS
