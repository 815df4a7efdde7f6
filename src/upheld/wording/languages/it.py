"""
Italian.
"""

from typing import Final

_SENTENCES: Final[dict[str, str]] = {
    "clock.promised": "Promesso{for_severity}: entro {length}{hours}{or_agreed}.",
    "clock.promised_less_than": "Promesso{for_severity}: in meno di {length}{hours}{or_agreed}.",
    "clock.promised_range": "Promesso{for_severity}: in {early} fino a {length}{hours}{or_agreed}.",
    "clock.promised_best_effort": "Promesso{for_severity}: al meglio possibile, senza scadenza.",
    "clock.promised_none": "Non è promesso nulla{for_severity}.",
    "clock.promised_immediate": (
        "Promesso{for_severity}: subito. Il piano non indica una cifra, quindi non c’è una scadenza."
    ),
    "clock.promised_missing": "Il piano non indica una cifra{for_severity}; deve indicarla il contratto.",
    "clock.promised_agreed": "Promesso{for_severity}: entro una data concordata con il cliente.",
    "clock.started": "{metric} è iniziato {at}: {by}.",
    "clock.unobservable": (
        "Ciò che è stato registrato non mostra se questa promessa è stata mantenuta, quindi non c’è un verdetto."
    ),
    "clock.rolled": "Allora il supporto era chiuso, quindi conta da {opens_at}.",
    "clock.would_roll": "Allora il supporto era chiuso; senza ciò che seguì conterebbe da {opens_at}.",
    "clock.severity_changed": "{at}: la gravità è passata da {old_severity} a {severity}; la promessa è la stessa.",
    "clock.severity_changed_from_change": (
        "{at}: la gravità è passata {from_to}. Ora promesso: {promise}{new_hours}, contato da quel momento."
    ),
    "clock.severity_changed_from_start": (
        "{at}: la gravità è passata {from_to}. Ora promesso: {promise}{new_hours}, contato dall’inizio."
    ),
    "clock.severity_changed_reconsider": (
        "{at}: la gravità è passata {from_to}. Ora promesso: {promise}{new_hours}, contato dall’inizio; ciò "
        "che prima era in ritardo viene giudicato di nuovo."
    ),
    "clock.severity_changed_untimed": "{at}: la gravità è passata {from_to}. Ora: {promise}.",
    "clock.target_changed_from_start": (
        "{at}: vale un altro obiettivo. Ora promesso: {promise}{new_hours}, contato dall’inizio."
    ),
    "clock.target_changed_untimed": "{at}: vale un altro obiettivo. Ora: {promise}.",
    "clock.calendar_changed": "{at}: da qui conta secondo {calendar} invece di {old_calendar}.",
    "clock.phoned": "{at}: il cliente ha telefonato, quindi da qui conta secondo {calendar} invece di {old_calendar}.",
    "clock.promise_began_from_change": (
        "{at}: ora promesso{for_severity}: {promise}{new_hours}, contato da quel momento."
    ),
    "clock.promise_began_from_start": "{at}: ora promesso{for_severity}: {promise}{new_hours}, contato dall’inizio.",
    "clock.promise_began_untimed": "{at}: ora: {promise}.",
    "clock.promise_ended": "{at}: da qui non è promesso nulla.",
    "clock.calendar_moved": (
        "{at}: gli orari di supporto sono stati rivisti (giorni festivi o fuso orario) e si è contato di nuovo "
        "dall’inizio: {due_change}."
    ),
    "clock.plan_moved": "{at}: vale un’altra versione del piano. Ciò che è stato contato resta: {due_change}.",
    "clock.plan_moved_from_change": (
        "{at}: vale un’altra versione del piano. Ora promesso: {promise}{new_hours}, contato da quel "
        "momento: {due_change}."
    ),
    "clock.plan_moved_from_start": (
        "{at}: vale un’altra versione del piano. Ora promesso: {promise}{new_hours}, contato dall’inizio: {due_change}."
    ),
    "clock.plan_moved_untimed": "{at}: vale un’altra versione del piano. Ora: {promise}.",
    "clock.paused": "In pausa da {at} a {until_at}: {conditions}.",
    "clock.paused_since": "In pausa da {at}: {conditions}.",
    "clock.due": "Scade {due_at}.",
    "clock.due_before": "Scade prima di {due_at}.",
    "clock.due_range": "Scade tra {early_at} e {due_at}; si giudica solo l’ora più tarda.",
    "clock.agreed": "Scade {due_at}, la data concordata con il cliente.",
    "clock.not_agreed": "Non è ancora stata concordata una data.",
    "clock.excluded": "Questo non conta per la promessa: {cause}.",
    "clock.running": "{spent} usati, restano {left}.",
    "clock.at_risk": "A rischio: {spent} usati, restano {left}.",
    "clock.open": "Ancora {to_go}.",
    "clock.outside_hours": "Il supporto ora è chiuso; riprende {resumes_at}{with_left}.",
    "clock.waits": "La scadenza sarà di nuovo nota quando sarà finito{with_left}.",
    "clock.met": "Mantenuto: {by} {stopped_at}{used}.",
    "clock.breached": "Non mantenuto: {by} {stopped_at}, {late}{overrun}.",
    "clock.done": "Finito {stopped_at}: {by}; senza scadenza non c’è nulla da giudicare.",
    "clock.overdue": "Non mantenuto: è ancora aperto, {late}.",
    "clock.ended": "Terminato {ended_at}, né mantenuto né infranto: {because}.",
    "clock.ended_breached": "Non mantenuto: è terminato {ended_at}, {late}, e nulla l’aveva mantenuto ({because}).",
    "contract.already_listed": "{person} è già in questo elenco di contatti. Indichi qualcun altro.",
    "contract.list_full": (
        "L’elenco di contatti {given} contiene al massimo {most} persone a questo livello. Tolga prima qualcuno."
    ),
    "contract.list_not_in_tier": (
        "Il livello {tier} non ha un elenco di contatti {given}. Designi la persona in un elenco di questo livello."
    ),
    "contract.list_too_short": (
        "L’elenco di contatti {given} deve mantenere almeno {least} persone. Indichi nello stesso passo chi subentra."
    ),
    "contract.successor_missing": "Chi lascia l’elenco di contatti {given} indica chi subentra. Scelga qualcuno.",
    "contract.unknown_list": (
        "Il piano non ha un elenco di contatti {given}. I suoi elenchi si trovano nel piano sotto contacts."
    ),
    "party.address_link_invalid": (
        "Questo link non funziona: è troppo vecchio, o l’indirizzo è stato rimosso. Ne chieda uno nuovo."
    ),
    "party.address_not_verified": (
        "Questo indirizzo non è ancora confermato. Apra prima il link che vi abbiamo inviato."
    ),
    "party.own_address": "{given} è già il Suo indirizzo.",
    "party.too_many_addresses": "Ha già {most} altri indirizzi. Ne rimuova prima uno.",
    "party.invitation_invalid": (
        "Questo invito non funziona: è sconosciuto, è stato usato o è scaduto. Ne chieda uno nuovo."
    ),
    "severity.unknown_question": "Il piano non ha una domanda {given}. Le sue domande sono: {known}.",
    "severity.unknown_answer": "{given} non è una risposta alla domanda {question}. Le risposte sono: {known}.",
    "severity.no_number": (
        "{given} non è un numero, e a {question} si risponde con un numero. Scriva cifre, per esempio 25."
    ),
    "severity.number_in_no_band": "{given} è fuori da ciò che {question} può essere. Le risposte significano: {bands}.",
    "file.too_large": (
        "Il file «{name}» ha {given_mb} MB; un file può avere fino a {most_mb} MB. Ne invii una parte, o un "
        "link a dove si trova."
    ),
    "file.too_many": (
        "Il file «{name}» è stato tralasciato: un messaggio può portare fino a {most} file, e {kept} sono "
        "conservati. Lo invii con un altro messaggio, o ne metta più d’uno in un archivio."
    ),
    "file.quota_reached": (
        "Il file «{name}» è stato tralasciato: i file di questo cliente occupano tutti i loro {most_gb} GB. "
        "Ne cancelli di vecchi, o invii un link."
    ),
    "file.no_space": (
        "Non è stato possibile conservare il file «{name}»: il nostro disco è pieno. Il Suo testo è "
        "conservato; riprovi senza il file e avvisi chi gestisce il servizio."
    ),
    "file.missing": (
        "Il file «{name}» non è più dove era conservato. Avvisi chi gestisce il servizio; `upheld verify` lo indica."
    ),
    "file.bad_key": "Questa non è la chiave di un file che conserviamo.",
    "intake.choose_contract": "Più contratti corrispondono a questa richiesta: {choices}. Indichi quale vale.",
    "intake.no_customer": (
        "La richiesta non dice né chi la invia né per quale cliente. Così non si può promettere nulla; "
        "indichi per chi è."
    ),
    "intake.no_subject": "Una richiesta ha bisogno di un titolo. Dica in poche parole di che cosa si tratta.",
    "intake.not_a_contact": (
        "In questo contratto solo {people} possono scrivere al supporto. Ciò che ha inviato è conservato, ma "
        "nessuno ci lavora. Chieda a uno di loro di inviarlo, o di designarla come contatto."
    ),
    "intake.subject_too_long": "Il titolo ha {given} caratteri; il massimo è {most}. Metta il resto nel testo.",
    "intake.text_too_long": "Il testo ha {given} caratteri; il massimo è {most}. Invii il resto come file.",
    "intake.unknown_contract": "Questo cliente non ha tale contratto. Scelga uno dei suoi, o nessuno.",
    "intake.unknown_instance": "Il contratto non ha tale istanza. Scelga una delle sue istanze, o nessuna.",
    "intake.unknown_word": "Il piano non conosce {given} come {field}. Conosce: {known}.",
    "intake.unreadable": (
        "Non è possibile leggere l’invio ({reason}). È conservato come è arrivato; chi gestisce il servizio "
        "può esaminarlo."
    ),
    "message.empty": "Il messaggio non ha testo. Ne scriva uno.",
    "message.no_ticket": "Il ticket a cui era destinato questo messaggio non esiste. Il messaggio è conservato.",
    "message.too_long": "Il messaggio ha {given} caratteri; il massimo è {most}. Invii il resto come file.",
    "ticket.changed_meanwhile": (
        "Nel frattempo qualcuno ha modificato il ticket: è alla versione {found}, ed era attesa la "
        "{expected}. Lo riguardi, poi decida."
    ),
    "ticket.merged": "Il ticket {number} è confluito in un altro. Scriva lì.",
    "ticket.not_resolved": "Il ticket non è né risolto né chiuso, quindi non c’è nulla da riaprire.",
    "ticket.same_status": "Lo stato è già {given}.",
}
"""Sentences by code."""

_WORDS: Final[dict[str, str]] = {
    "{count} support day": "{count} giorno di supporto",
    "{count} support days": "{count} giorni di supporto",
    "day": "giorno",
    "days": "giorni",
    "now": "ora",
    "no severity": "nessuna gravità",
    "all hours, day and night": "tutte le ore, giorno e notte",
    "all hours": "giorno e notte",
    "no time": "nessun tempo",
    " (same time of day)": " (stessa ora)",
    " (by closing)": " (entro la chiusura)",
    ", day and night": ", giorno e notte",
    ", counted in {calendar}": ", contato secondo {calendar}",
    ", in {calendar}": ", secondo {calendar}",
    ", or by a date agreed with the customer": ", o entro una data concordata con il cliente",
    "at the very moment before which it was due": "nel momento stesso prima del quale scadeva",
    "the support hours {name}": "gli orari di supporto {name}",
    "“{name}”": "«{name}»",
    "from {old} to {new}": "da {old} a {new}",
    "to {new}": "a {new}",
    " of {length}": " di {length}",
    " for {severity}": " per {severity}",
    ", with {left} left": ", restano {left}",
    ", {spent} of {allowed} used": ", {spent} di {allowed} usati",
    "{length} late": "{length} di ritardo",
    " ({length} of it in support hours)": " (di cui {length} in orario di supporto)",
    ", after the due time": ", dopo la scadenza",
    "late": "in ritardo",
    "{metric}: what counted": "{metric}: che cosa ha contato",
    "Nothing was counted.": "Non è stato contato nulla.",
    "start": "inizio",
    "{since} to {until}": "{since} fino a {until}",
    "due from": "scade da",
    "{one} and {other}": "{one} e {other}",
    "within {length}": "entro {length}",
    "in less than {length}": "in meno di {length}",
    "in {early} to {length}": "in {early} fino a {length}",
    "it is best effort, without a due time": "al meglio possibile, senza scadenza",
    "nothing is promised": "non è promesso nulla",
    "at once is promised, without a figure and so without a due time": (
        "subito, senza una cifra e quindi senza scadenza"
    ),
    "the contract has to give the figure, for the plan gives none": (
        "il contratto deve indicare la cifra, perché il piano non la indica"
    ),
    "a date agreed with the customer is promised": "una data concordata con il cliente",
    "the ticket was opened": "il ticket è stato aperto",
    "the customer wrote": "il cliente ha scritto",
    "support replied": "il supporto ha risposto",
    "the customer telephoned": "il cliente ha telefonato",
    "support acknowledged the ticket": "il supporto ha confermato la ricezione",
    "support called back": "il supporto ha richiamato",
    "support assigned the severity": "il supporto ha assegnato la gravità",
    "support confirmed the severity": "il supporto ha confermato la gravità",
    "the ticket was assigned": "il ticket è stato assegnato",
    "a workaround was given": "è stata indicata una soluzione alternativa",
    "a remediation plan was given": "è stato indicato un piano di correzione",
    "the error was reproduced": "l’errore è stato riprodotto",
    "the ticket was resolved": "il ticket è stato risolto",
    "the ticket was closed": "il ticket è stato chiuso",
    "the ticket was reopened": "il ticket è stato riaperto",
    "the missing information arrived": "le informazioni mancanti sono arrivate",
    "waiting on the customer": "in attesa del cliente",
    "waiting on support": "in attesa del supporto",
    "waiting on a third party": "in attesa di terzi",
    "on hold": "in sospeso",
    "information is missing": "mancano informazioni",
    "held until it is clear which contract covers it": "in sospeso finché non è chiaro quale contratto lo copre",
    "resolved": "risolto",
    "the ticket was merged into another": "il ticket è stato unito a un altro",
    "nothing is owed while the ticket waits": "mentre il ticket attende non è dovuto nulla",
    "the plan version to which the ticket moved does not promise it": (
        "la versione del piano a cui è passato il ticket non lo promette"
    ),
    "the records cannot show it": "le registrazioni non lo mostrano",
    "the request is worked on as best effort": "la richiesta viene trattata al meglio possibile",
    "the plan does not cover the request": "il piano non copre la richiesta",
    "running": "in corso",
    "paused": "in pausa",
    "outside hours": "fuori orario",
    "no due time": "nessuna scadenza",
    "kept": "mantenuto",
    "broken": "non mantenuto",
    "ended": "terminato",
    "cannot be seen": "non accertabile",
    "counted": "contato",
    "counted for an earlier promise": "contato per una promessa precedente",
    "to come": "ancora da venire",
    "opened": "aperto",
    "customer wrote": "il cliente scrisse",
    "customer called": "il cliente telefonò",
    "reopened": "riaperto",
    "other hours": "altri orari",
    "revised hours": "orari rivisti",
    "other plan version": "altra versione del piano",
    "other target": "altro obiettivo",
    "promised": "promesso",
    "no promise": "nessuna promessa",
    "due": "scadenza",
    "due before": "scade prima",
    "due as agreed": "scade come concordato",
    "finished": "finito",
    "“{name}” was reached": "«{name}» è stato raggiunto",
    "“{name}” was done": "«{name}» è stato fatto",
    "Mon": "lun",
    "Tue": "mar",
    "Wed": "mer",
    "Thu": "gio",
    "Fri": "ven",
    "Sat": "sab",
    "Sun": "dom",
    "Jan": "gen",
    "Feb": "feb",
    "Mar": "mar",
    "Apr": "apr",
    "May": "mag",
    "Jun": "giu",
    "Jul": "lug",
    "Aug": "ago",
    "Sep": "set",
    "Oct": "ott",
    "Nov": "nov",
    "Dec": "dic",
    "there is no due time for the present": "per ora non c’è una scadenza",
    "due {after}": "scadenza {after}",
    "due {after} instead of {before}": "scadenza {after} invece di {before}",
}
"""Words and parts of sentences by their English ones."""

TEXTS: Final[dict[str, str]] = _SENTENCES | _WORDS
