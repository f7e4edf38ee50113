"""The words by which ``moderation/rules.py`` finds miracle cures, in English, Spanish, German, French, Portuguese.

All are patterns for folded text: plain lower-case letters, words separated by single spaces.
"""

import re


def _words(listed: str) -> re.Pattern[str]:
    """Return a pattern for words that begin with a listed stem; a stem that ends in a full stop is a whole word."""
    stems = [" ".join(stem.split()) for stem in listed.split(",")]
    parts = [f"{re.escape(stem[:-1])}\\b" if stem.endswith(".") else f"{re.escape(stem)}\\w*" for stem in stems]
    return re.compile(rf"\b(?:{'|'.join(parts)})")


#: Titles before a name, as they are written.
HONORIFIC = (
    r"dr|dra|drs|doc|doctor|doctora|dottor|dottore|doktor|docteur|doutor|doutora|prof|profesor|profesora|professor|"
    r"professora|professeur|professore|maestro|maestra|mestre|priest|prophet|pastor|chief|baba|mama|papa|sheikh|guru"
)

#: Words that follow a title and are no name.
NO_NAME = frozenset(
    """
    and or but who that which the a an in on at of for to said says gave told will would can could has had have is was
    did does he she they my your his her you i it not me so as if when appointment appointments visit visits office y
    o que en de del la el los las me se no dijo dice dio fue es ha con por para un una mi su und oder der die das den
    dem ein eine hat sagt sagte ist war mir ich nicht beim im am et ou qui le les des du m a dit est etait ne pas mon
    ma son sa e os as um uma disse foi meu minha
    """.split()  # noqa: SIM905 -- one word a line would be pages long
)

#: People who heal without being doctors.
HEALER = _words(
    """
    spell cast, spellcast, herbal doctor, herbal practitioner, herbalist, traditional healer, spiritual healer, native
    doctor, faith healer, healing home, healing temple, herbal home, the temple, curander, sanador, hechicer, brujo.,
    bruja., chaman, santero, santera, medico tradicional, medico naturista, doctor de hierbas, wunderheiler,
    geistheiler, krauterdoktor, hexenmeister, marabout, grand maitre, guerisseur, voyant, magnetiseur, curandeir,
    benzedeir, pai de santo, doutor de ervas, medicine man, witch doctor, powerful priest, great
    healer, grand medium, gran maestro, grande mestre, groser meister, grosser meister
    """
)

#: Whom a call to contact is about: somebody else, or the writer.
_THEM = r"(?:him|her|them|this man|this woman|the (?:doctor|man|woman|healer|temple|great)|me)"

#: A call to get in touch with somebody.
CALL = re.compile(
    rf"\b(?:contact|call|text|message|e ?mail|mail|write(?: to)?|ask|reach(?: out)?(?: to)?|consult|visit|"
    rf"add|dm|inbox|"
    rf"whatsapp|telegram|get in touch with|talk to|look for|search for) (?:\w+ )?{_THEM}\b"
    r"|\b(?:private|privately|inbox|dm|pm) me\b|\b(?:message|write(?: to)?|text|contact|add) me\b|"
    r"\bsend me a (?:private )?message\b"
    r"|\b(?:contact|call|text|message|e ?mail|write to|reach(?: out to)?|consult|get in touch with|"
    r"search for|look for|speak (?:to|with)|talk (?:to|with)) "
    r"(?:the (?:great )?)?(?:dr|doctor|prof|professor|priest|prophet|pastor|chief|baba|mama)\b"
    r"|\b(?:on|via|by|through|per|por|sur|no|pelo|uber|auf|at) (?:whats ?app|wasap|wsp|telegram|viber|signal)\b"
    r"|\b(?:whats ?app|wasap|guasap|telegram|viber)\b"
    r"|\b(?:mandame|enviame|dejame|escribeme|mandadme|enviadme) (?:un )?(?:mensaje|privado|dm|whatsapp|"
    r"correo)\b|\bal privado\b|"
    r"\bpor privado\b|\b(?:buscad|buscar|contactad|contactar|llamad|llamar|escribid|escribir)(?:le|la|lo|les)\b"
    r"|\b(?:escrib|contact|llam|mand|busqu|consult|habl|pregunt|agreg)\w*(?:le|les|lo|la|los|las|nle|nlo|"
    r"nla|dle|dlo|dla|"
    r"dme|nme|me)\b"
    r"|\b(?:escrib\w+|contact\w+|llam\w+|acud\w+|busc\w+|busqu\w+|consult\w+|habl\w+|comuni\w+|recurr\w+|"
    r"dirij\w+) "
    r"(?:\w+ ){0,3}(?:al|a la|a este|a esta|con el|con la|con este|con esta|a|con) (?:gran )?"
    r"(?:dr|dra|doctor|doctora|prof|profesor|profesora|maestro|maestra|curandero|curandera|medico|sanador|"
    r"sanadora)\b"
    r"|\b(?:pong\w+|pon|poneos|ponte) (?:\w+ )?en contacto\b"
    r"|\b(?:schreib\w*|ruf\w*|kontaktier\w*|meld\w*|frag\w*) (?:\w+ )?(?:ihm|ihr|ihn|sie|mir|bei ihm|"
    r"bei ihr|euch bei|"
    r"dich bei|dr|doktor|prof|professor)\b"
    r"|\b(?:contacte|ecri|appelle|appele|joigne|consulte|ajoute)[sz]? (?:le|la|lui|moi|dr|docteur|prof)\b"
    r"|\bdemandez (?:lui|moi)\b"
    r"|\b(?:contactez|ecrivez|appelez|joignez|consultez) (?:\w+ ){0,2}(?:dr|docteur|prof|professeur|maitre)\b"
    r"|\b(?:chame\w*|contat\w*|contact\w*|escrev\w*|ligu\w*|procur\w*|falem?) (?:\w+ ){0,2}"
    r"(?:no whatsapp|lhe|ele|ela|com ele|com ela|o dr|a dra|o doutor|a doutora|o prof|dr|doutor)\b"
    r"|\b(?:chama|chamem|escreve|escrevam|manda|mandem|procura|procurem|fala|falem)\w* (?:me|lhe|com ela|com ele)\b"
    r"|\btrabalhos? garantidos?\b|\btrabajos? garantizados?\b"
)

#: An offer to pass on how to reach somebody.
PASSING_ON = re.compile(
    r"\b(?:his|her|their|the doctors?) (?:contact )?(?:details|number|e ?mail|address|contact)\b"
    r"|\bpass (?:them|it|his \w+|her \w+) on\b|\bask me (?:for|about) (?:his|her|the)\b"
    r"|\bshow you (?:the|who|how)\b|\b(?:sus|los) datos (?:de contacto|del doctor|de este)\b|"
    r"\bpas\w+ (?:su|el) "
    r"(?:contacto|numero|telefono|correo)\b|\b(?:donne|passe)\w* (?:volontiers )?ses coordonnees\b"
    r"|\b(?:seine|ihre) (?:nummer|kontaktdaten|adresse)\b|\bzeige (?:dir|euch)\b|\bpasso (?:o contac?to|com gosto)\b|"
    r"\b(?:this is|here is) (?:his|her) \w+\b|\bvoici (?:son|sa) \w+\b|\b(?:este es|aqui esta) su (?:numero|correo)\b|"
    r"\bshare (?:his|her|their) (?:info\w*|contact|name|details|number)\b|"
    r"\bask me for (?:the|his|her) (?:name|contact)\b|\bforward (?:his|her|their) \w+\b|\bpaso su contacto\b|"
    r"\bpartage (?:volontiers )?son (?:nom|contact)\b|\bnamen gebe ich (?:gern )?weiter\b"
)

#: That an illness is gone for good.
CURE = _words(
    """
    cured., cures., cure my, cure for, healed., heals., permanent cure, free from it, free of it, i don t have it any
    more, and now i don t, am healthy again thanks, vanished, totally free, completely free, completely gone, symptom
    free for ever, disease free for ever, returned to normal, back to normal within, no longer take, reverse, works
    for., miracle, curo., curaron., cura., curan., curado, curada, curarme, curarse, sano., sanado, sanada, sanaron,
    sanacion, milagro, desaparecio, desaparecieron, revierten, revierte, libre de la enfermedad, hoy estoy sana, hoy
    estoy sano, dejan la medicacion, deje la medicacion, geheilt, heilt., heilte, wunder., heute frei davon, frei
    davon, verschwunden, gueri., guerie., gueris., guerit, guerison, disparu, normales depuis, prends plus rien,
    curou, curada, curado, curaram, desapareceu, livre da doenca, found nothing, no encontro nada, nao encontrou nada,
    nicht mehr gefunden, nichts mehr gefunden, fand nichts, n a plus rien trouve, walk out without, leave without,
    stopped all medic, stop all medic, tests are clear, tested negative, result is negative, came back negative,
    resultado salio negativo, resultat est negatif, ergebnis ist negativ, deu negativo, dejan los, deje los
    medicamentos, deja los medicamentos, dejan los farmacos, no tomo nada, no tomo ni, ya no tomo, arretent leurs, ne
    prends plus aucun, ne prends plus rien, brauche keine tablette, brauche ich keine, nehme nichts mehr, nao tomo
    nada, ja nao tomo, abandonam os remedios, sin medicacion, removes every, devolverme la salud, restored my health,
    devolvio la salud, rendu la sante, walks again, walk again, remarche, vuelve a caminar, lauft wieder, volta a andar,
    movement back, stops., stoppt, stoppe., detiene., brauchen keine medik, for curing, for
    healing, por curarme, por sanarme
    """
)

#: A wish that came true: a child, or somebody who came back.
OUTCOME = _words(
    """
    mother of, father of, i am pregnant, am now pregnant, got pregnant, get pregnant in, became pregnant, conceived,
    gave birth, baby boy, baby girl, twins, brought him back, brought her back, came back to me, quede embarazada,
    estoy embarazada, embarazada de, di a luz, tuve un bebe, madre de, mellizos, gemelos, volvio conmigo, trajo de
    vuelta, schwanger geworden, wurde schwanger, bin schwanger, zwillinge, tombee enceinte, suis enceinte, jumeaux,
    fiquei gravida, estou gravida, gemeos, trouxe meu marido, bring back, restores, suis maman, devenir maman, berce ma,
    devenir mere, bin mutter, bin heute mutter, mutter werden, sou mae, ser mae, hold your own baby, holding my baby,
    brings back ex, a mother, made me a father, hoy
    soy madre, soy madre, ya tengo a mi bebe, revenir mon mari, revenir ma femme
    """
)

#: That somebody is given the credit for it.
CREDIT = re.compile(
    r"\b(?:thanks? to|thank you|because of|with the help of|(?:he|she|who|that) helped me|helped me|made me)\b"
    r"|\b(?:gracias al?|gracias a la|me ayudo|nos ayudo|me hizo|ayuda del?)\b|\b(?:dank|danke|half mir|"
    r"hat mir geholfen)\b"
    r"|\b(?:grace a|grace au|m a aidee?|m a permis)\b|\b(?:gracas a|gracas ao|me ajudou|obrigada? a)\b"
)

#: That a person with a title healed, said in one breath.
HEALED_BY = re.compile(
    rf"\b(?:{HONORIFIC}|god|dios|he|she) (?:\w+ ){{0,3}}(?:(?:has |have )?(?:cured|healed|cures|heals)|"
    rf"me curo|curo|cura|me sano|for (?:curing|healing)|por curarme|por sanarme|"
    r"sano|me quito la enfermedad|(?:mich )?geheilt|heilte|m a guerie?|a gueri|guerit|curou|me curou)\b"
    r"|\b(?:me quito|me han quitado) (?:la enfermedad|el cancer|el mal)\b|\btumou?r (?:vanished|"
    r"disappeared|was gone)\b"
)

#: Words of people who sell remedies.
SELLING = _words(
    """
    herbs, herbal, his medicine, her medicine, natural remed, natural medicine, root., roots., potion, supplement,
    plant based programme, plant based program, programme of, spell, guarantee, percent off, discount, use code, order
    now, order your, order here, buy now, free call, book a, free consultation, kostenlose beratung, consultation
    gratuite, consulta gratis, order here, breakthrough, no side effects, naturopath, protocol,
    holy water, man of god, prayed for me, testimon, lottery, drops, his cure, this product, hierbas, hierba, remedio,
    brebaje, pocion, gotas, te magico, infusiones, su medicina, tratamiento natural, medicina natural, garantiz,
    descuento, naturopat, protocolo, hombre de dios, pedidos, envio discreto, sin receta, hechizo, amarre, sin efectos
    secundarios, llamada gratis, suplemento, krautermedizin, kraute, wundermittel, heilmittel, tropfen, garantier,
    rabatt, nahrungserganzung, ohne rezept, heilpraktik, plantes, tisanes, remede, potion, garanti, herbes, sans
    ordonnance, naturopathe, base de plantes, exosom, stem cell, celulas madre, stammzell, cellules souches,
    celulas tronco, complement 100, regenerativ, terapia regener, programa de
    plantas, programa natural, pflanzliche programm,
    
    therapie regener, raices, wurzeln, racines, raizes, ervas, remedio, garantid, sem
    receita, desconto, entrega discreta
    """
)

#: That somebody warns of others.
WARNING = _words(
    """
    scam, beware, be careful, fraud, please delete, moderators, they took, stole, lost money, estafa, estafador,
    cuidado con, timo., timador, borrad, moderador, engan, betrug, betruger, vorsicht, achtung, arnaque, escroc,
    attention a, mefiez, burla, golpe, cuidado com, fraude
    """
)

#: Words that turn a claim into its opposite, before or shortly after it.
NEGATION = frozenset(
    """
    no not never nothing none cannot cant doesnt didnt isnt wasnt nobody without neither nor hardly ningun ninguna
    nunca jamas nada nadie sin tampoco ni nicht nichts kein keine keiner keinen nie niemand ohne ne pas rien jamais
    aucun aucune sans personne nao nem nenhum nenhuma sem ninguem if whether si ob se hope hopefully ojala espero
    """.split()  # noqa: SIM905 -- one word a line would be pages long
)

#: Topics that spammers bring to any page, each by its words.
TOPICS: dict[str, re.Pattern[str]] = {
    "fertility": _words(
        """
        conceiv, conception, infertil, fertil, pregnan, trying for a baby, have a child, a child of my own, tubes,
        tubal, pcos, polycystic, ovar, fibroid, ovulat, womb, uterus, sperm, miscarr, twins, childless, barren,
        motherhood, concebir, embaraz, esteril, trompas, ovario, poliquistic, utero, matriz, mioma, fecund, mellizos,
        gemelos, quedar en estado, buscando un bebe, buscando un hijo, tener un hijo, tener hijos, ser madre,
        schwanger, kinderwunsch, eileiter, eierstock, gebarmutter, unfruchtbar, myom, enceinte, grossesse, trompes,
        ovaire, fibrome, sterile, concevoir, gravida, gravidez, engravidar, trompa, ovarios, infertilidade
        """
    ),
    "love": _words(
        """
        marriage, my husband left, my wife left, ex husband, ex wife, lover, divorce, spell, relationship, matrimonio,
        mi marido, mi esposo, mi mujer, divorcio, hechizo, amarre, amante, ehe., ehemann, scheidung, liebeszauber,
        mariage, mon mari, divorce, envoutement, casamento, meu marido
        """
    ),
    "infections": _words(
        """
        herpes, hiv., vih., aids., sida., hpv., vph., hepatitis, hepatite, syphilis, sifilis
        """
    ),
    "potency": _words(
        """
        erect, erecc, penis, pene., potency, potencia sexual, impoten, premature ejac, viagra
        """
    ),
    "money": _words(
        """
        loan, credit score, bitcoin, crypto, forex, lottery, investment, collateral, prestamo, loteria, inversion,
        kredit, lotto, investition, pret., loterie, emprestimo
        """
    ),
    "weight": _words(
        """
        lose weight, weight loss, slimming, perder peso, adelgaz, abnehmen, maigrir, emagrec
        """
    ),
}
