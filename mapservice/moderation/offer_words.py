"""The words of people who offer goods, treatment or money, or promise to tell a secret in private; folded text."""

import re

# A loan, and the terms of one who offers it.
_LOAN = r"(?:loans?|credits?|creditos?|prestamos?|prets?|kredite?|darlehen|emprestimos?|emprestamos)"
_TERMS = (
    r"(?:percent|per cent|por ciento|pour cent|prozent|por cento|no questions|sin preguntas|sans questions|no credit "
    r"check|without collateral|sin garantias|sans justificatif|ohne schufa|sem garantias|in (?:24|48) hours|(?:en|em) "
    r"(?:24|48) \w+|in (?:24|48) stunden|in one day|en un dia|en un jour)"
)

#: Goods or money offered, which needs no claim of a cure.
OFFER = re.compile(
    r"\b(?:without (?:a )?(?:prescription|doctor|script)|no (?:script|prescription) (?:needed|required)|"
    r"sin receta|sem receita|ohne rezept|"
    r"sans ordonnance|senza ricetta)\b|\b(?:discreet|discrete) (?:shipping|delivery|packag\w+)\b|"
    r"\benvios? discretos?\b|"
    r"\bentregas? discretas?\b|\blivraison discrete\b|\bdiskrete[rn]? versand\b"
    r"|\buse (?:the )?(?:promo |discount )?code\b|\b(?:usa|use) (?:el|o) codigo\b"
    r"|\b(?:percent|%) off\b|\bbest price\b|\bmejor precio\b|\bmelhor preco\b|\bmeilleur prix\b|"
    r"\bbester preis\b"
    r"|\b(?:need|want|offer\w*|give) (?:you )?(?:a |an )?(?:\w+ )?loans?\b|\bno collateral\b|\bsin aval\b|"
    r"\bprestamos? (?:rapido|urgente|sin|al)\w*|\bkredit ohne\b|\bpret (?:rapide|sans|entre)\w*|"
    r"\bemprestimo rapido\b"
    rf"|\b{_LOAN} (?:\w+ ){{0,12}}{_TERMS}\b|\b{_TERMS} (?:\w+ ){{0,6}}{_LOAN}\b"
    r"|\b(?:quick|fast|easy|urgent|cheap) loans?\b|\b(?:credit|pret) (?:rapide|entre particuliers)\b"
    r"|\b(?:buy|order) (?:\w+ )?(?:get|two get) one free\b|\b(?:money back|satisfait ou rembourse|geld zuruck)\b"
    r"|\b(?:bitcoin|forex|crypto) (?:invest\w+|trad\w+)\b|\bdouble your\b|\bspell ?caster\b"
    r"|\b(?:kredit|darlehen) (?:\w+ ){0,4}(?:benotig|ohne schufa|zusage|sofort)\w*|\bohne schufa\b"
    r"|\b(?:proposons|propose|oferece|offerieren|biete[nt]?) (?:\w+ ){0,5}(?:cellules souches|"
    r"celulas tronco|stammzell\w*)\b"
    r"|\breserve (?:una|a|su|your) (?:llamada|free call|call|cita gratis)\b|\bllamada gratis\b"
    r"|\bour (?:\w+ ){1,3}(?:supplement|product|capsules|clinic|programme)\b|\b(?:offers?|ofrece\w*|bietet) "
    r"(?:\w+ ){0,3}(?:stem cells?|celulas madre|stammzell\w*)\b"
    r"|\bfree (?:evaluation|assessment|quote)\b|\b(?:valoracion|evaluacion|avaliacao) gratuita\b|\bdevis gratuit\b|"
    r"\bkostenlose (?:erst)?beratung (?:sichern|buchen)\b|\b(?:book|reserve|reserva|reservez) (?:your|tu|su|votre) "
    r"(?:consult\w+|call|llamada)\b|\btreat the (?:root )?cause\b|\bwelcomes? patients from\b"
    r"|\bpatients du monde entier\b|\btratamos la causa\b|\btrata a origem\b|\bbehandeln wir die ursache\b"
    r"|\bretour de l etre aime\b|\blove ?spells?\b|\bpartnerruckfuhrung\b|\bpaiement apres\b|\bso paga depois\b|"
    r"\b(?:resultats?|resultados?|erfolg|result) (?:\w+ ){0,2}(?:seguros?|garanti\w*|48 \w+|sicher)\b"
    r"|\bbuy (?:two|one|2|1)\b|\blleva (?:dos|tres)\b|\bcompre (?:duas|dois)\b|\bzwei kaufen\b|\bdeux achetees?\b|"
    r"\b(?:devolvemos el|devolvemos o) dinero\b|\bdevolvemos o dinheiro\b|\b(?:envio|entrega) gratis\b|"
    r"\blivraison gratuite\b|\b(?:overnight|worldwide) (?:delivery|shipping)\b|\b(?:hidden|plain) (?:parcels?|boxes)\b"
    r"|\b(?:avec le|con el|mit dem|com o|with the) (?:code|codigo)\b|\b(?:certified|professional) hackers?\b|"
    r"\brecover (?:your |lost )?(?:money|funds)\b"
    r"|\baccount manager\b|\btrades? for (?:me|you)\b|\bturned \w+ into \w+\b|\b(?:convertido|convirtio) \w+ euros\b"
)

#: A promise to say in private who or what healed.
LURE = re.compile(
    r"\b(?:who|that|he|she) (?:has )?(?:helped|saved|cured|healed|rescued) (?:me|us)\b|\bsay who helped\b|"
    r"\btell you (?:who|how i)\b|\bthere is (?:a|another) (?:man|woman|way|way out|solution|cure)\b|"
    r"\bconnect you\b|\bend this for you\b|\btook it (?:all )?away\b"
    r"|\b(?:doctors?|hospitals?|pharma) (?:\w+ ){0,2}(?:never|not want|hide|hides|hiding)\b|\b(?:live|am) without "
    r"any symptom"
    r"|\b(?:man|woman|person|somebody|someone) (?:who )?changed my life\b|\b(?:hombre|mujer|senor|senora) (?:\w+ )?me "
    r"cambio la vida\b|\bm a change la vie\b|\bmein leben verandert\b|\bmudou a minha vida\b"
    r"|\bquien(?: me)? (?:ayudo|saco|salvo|curo|sano)\b|\bte (?:digo|cuento|dire|contare|explico) (?:quien|como)\b|"
    r"\bhay una solucion\b|\blos medicos no quieren\b"
    r"|\bqui m a (?:sauve|aide|gueri|soigne)e?\b|\b(?:te|vous) dirai (?:qui|comment)\b|\bexiste une solution\b|"
    r"\b(?:hopitaux|medecins) (?:vous )?cachent\b"
    r"|\bwer mi(?:r|ch) (?:half|geholfen|gerettet|geheilt|rettete)\w*\b|\bverrate (?:dir|euch|ich)\b|\bkein arzt "
    r"verrat\b"
    r"|\bquem me (?:ajudou|salvou|curou|tirou)\b|\b(?:digo|conto|contar) quem\b|\bha uma solucao\b"
)

#: A call to write to the author in private.
IN_PRIVATE = re.compile(
    r"\b(?:private(?:ly)?|inbox|dm|pm|telegram|whats ?app|wasap|privado|prive|privat\w*|private nachricht)\b"
    r"|\b(?:message|text|write(?: to)?|contact|add) me\b|\b(?:escribeme|agregame|mandame|contactame|hablame)\b"
    r"|\b(?:ecris|ecrivez|contactez?|ajoutez?) moi\b|\bschreib\w* mir\b|\b(?:chama|escreve|fala|manda) me\b"
)
