//! Deutsch. Wer liest, wird mit Sie angesprochen; die Begriffe von Kubernetes und Entra bleiben englisch.

/// Die Sätze über Fehler: Name, Titel, Text.
pub(super) const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "MISCONFIGURED",
        "Der Proxy ist nicht richtig eingerichtet",
        "Das Plattform-Team muss diese Einstellungen berichtigen.",
    ),
    (
        "NOT_FOUND",
        "Nicht gefunden",
        "Unter dieser Adresse gibt es nichts.",
    ),
    (
        "METHOD_NOT_ALLOWED",
        "Methode nicht erlaubt",
        "Diese Adresse nimmt nur {methods} an.",
    ),
    (
        "BODY_TOO_LARGE",
        "Anfrage zu groß",
        "Der Inhalt der Anfrage ist länger, als diese Adresse annimmt.",
    ),
    (
        "BAD_PARAMETER",
        "Falsche Anfrage",
        "Der Parameter `{name}` {what}.",
    ),
    (
        "FOREIGN_ORIGIN",
        "Nicht von dieser Website",
        "Die Anfrage kam von der Seite einer anderen Website und wurde nicht ausgeführt.",
    ),
    (
        "TOO_MANY_COOKIES",
        "Vielleicht noch angemeldet",
        "Die Anfrage hat mehr als {most} Sitzungs-Cookies. Eine andere Website dieser Domäne muss sie \
         gesetzt haben. Die Sitzungen der ersten {most} wurden beendet. Löschen Sie die Cookies dieser \
         Website im Browser, melden Sie sich an, und beenden Sie unter /logout alle Sitzungen.",
    ),
    (
        "NO_SESSION",
        "Nicht angemeldet",
        "Es gibt keine Sitzung, oder sie ist beendet. Melden Sie sich unter /login an.",
    ),
    (
        "NO_ATTEMPT",
        "Diese Anmeldung kann nicht abgeschlossen werden",
        "Sie wurde in einem anderen Browser oder unter einem anderen Namen dieser Website begonnen, \
         dauerte länger als zehn Minuten, oder ihr Cookie wurde blockiert. Niemand wurde angemeldet.",
    ),
    (
        "ATTEMPT_USED",
        "Diese Anmeldung ist schon abgeschlossen",
        "Jede Anmeldung kann nur einmal abgeschlossen werden. Beginnen Sie unter /login eine neue.",
    ),
    (
        "INVALID_ID_TOKEN",
        "Die Anmeldung konnte nicht geprüft werden",
        "Das ID-Token wurde nicht angenommen: {what}. Niemand wurde angemeldet.",
    ),
    (
        "ANOTHER_USER",
        "Ein anderes Konto kam zurück",
        "Sie sind hier mit einem Konto angemeldet, aber Microsoft Entra hat für ein anderes geantwortet. \
         Nichts wurde geändert; melden Sie sich neu an, um das Konto zu wechseln.",
    ),
    (
        "SIGNED_OUT_MEANWHILE",
        "Inzwischen abgemeldet",
        "Alle Ihre Sitzungen wurden beendet, während diese Anmeldung lief. Beginnen Sie unter /login \
         eine neue.",
    ),
    (
        "TOO_MANY_FAILURES",
        "Zu viele gescheiterte Anmeldungen",
        "Zu viele Anmeldungen von Ihrer Adresse sind gescheitert. Laden Sie diese Seite in {seconds} \
         Sekunden neu.",
    ),
    (
        "NOT_ADMITTED_BY_USERS",
        "Dieses Konto darf sich hier nicht anmelden",
        "{user} ist bei Microsoft Entra angemeldet, aber dieser Proxy lässt nur bestimmte Konten zu \
         ({setting}). Melden Sie sich mit einem anderen Konto an, oder fragen Sie das Plattform-Team.",
    ),
    (
        "NOT_ADMITTED_BY_ROLES",
        "Dieses Konto darf sich hier nicht anmelden",
        "{user} ist bei Microsoft Entra angemeldet, aber dieser Proxy lässt nur Konten mit bestimmten \
         App-Rollen zu ({setting}). Melden Sie sich mit einem anderen Konto an, oder fragen Sie das \
         Plattform-Team.",
    ),
    (
        "NOT_ADMITTED_BY_GROUPS",
        "Dieses Konto darf sich hier nicht anmelden",
        "{user} ist bei Microsoft Entra angemeldet, aber dieser Proxy lässt nur Mitglieder bestimmter \
         Gruppen zu ({setting}). Melden Sie sich mit einem anderen Konto an, oder fragen Sie das \
         Plattform-Team.",
    ),
    (
        "APP_DENIED",
        "Dieses Konto darf diese App nicht verwenden",
        "Sie sind angemeldet, aber die App lässt nur bestimmte Konten zu ({rule}). Melden Sie sich mit \
         einem anderen Konto an, oder fragen Sie das Plattform-Team.",
    ),
    (
        "APP_RULE_UNKNOWN",
        "Niemand darf diese App verwenden",
        "Die App ist durch eine Regel geschützt, die dieser Proxy nicht kennt, und lässt deshalb niemanden \
         zu. Das Plattform-Team muss die Parameter von /oauth2/auth berichtigen.",
    ),
    (
        "UNDESCRIBED",
        "Der vorgelagerte Proxy sagt nicht genug",
        "Die Anfrage an diesen Proxy sagt zu wenig darüber, worum es geht: {what}. Das Plattform-Team muss \
         die Einrichtung des vorgelagerten Proxys berichtigen.",
    ),
    (
        "CREDENTIAL_UNKNOWN",
        "Microsoft Entra kennt diesen Proxy noch nicht",
        "Microsoft Entra kennt keine passenden Federated Credentials der App-Registrierung dieses \
         Proxys. Wenn sie eben erst angelegt wurden, dauert das einige Minuten. Ihre Anmeldung bleibt \
         erhalten: Laden Sie diese Seite in {seconds} Sekunden neu.",
    ),
    (
        "SIGN_IN_REFUSED",
        "Microsoft Entra hat die Anmeldung abgelehnt",
        "{explanation}",
    ),
    (
        "UNUSABLE_AKS_TOKEN",
        "Das AKS-Token konnte nicht geprüft werden",
        "Das Token ist keines für dieses Konto und AKS: {what}.",
    ),
    (
        "AKS_TOKEN_REFUSED",
        "Kein Token für AKS",
        "Sie sind angemeldet, aber es gibt kein Token für AKS. {explanation}",
    ),
    (
        "INTERACTION_REQUIRED",
        "Microsoft Entra fragt nach Ihnen",
        "Für das AKS-Token ist ein Schritt im Browser nötig. {explanation}",
    ),
    (
        "INTERACTION_OPEN",
        "Microsoft Entra hat noch nicht geantwortet",
        "Sie sind angemeldet, aber es gibt noch kein Token für AKS: Sie wurden dafür zu Microsoft Entra \
         geschickt und sind nicht zurückgekommen. Wenn eine Administratorin oder ein Administrator \
         zustimmen muss, kommen Sie danach wieder.",
    ),
    (
        "CONSENT_OR_DEVICE_CODE",
        "Eine Berechtigung fehlt",
        "Sie sind angemeldet, aber diese Anwendung darf AKS noch nicht in Ihrem Namen nutzen. Bitten Sie \
         Microsoft Entra um diese Berechtigung, oder nehmen Sie einen Gerätecode, der keine braucht.",
    ),
    (
        "CONSENT_OPEN_OR_DEVICE_CODE",
        "Eine Berechtigung fehlt",
        "Sie sind angemeldet, aber es gibt noch kein Token für AKS: Sie wurden dafür zu Microsoft Entra \
         geschickt und sind nicht zurückgekommen. Wenn jemand zustimmen muss, kommen Sie danach wieder, \
         oder nehmen Sie einen Gerätecode, für den niemand zustimmen muss.",
    ),
    (
        "KUBELOGIN_DISABLED",
        "Hier gibt es keine Gerätecodes",
        "Dieser Proxy führt kubelogin nicht aus (KUBELOGIN_ENABLED).",
    ),
    (
        "DEVICE_CODE_REQUIRED",
        "Ein Gerätecode ist nötig",
        "Diese Anwendung darf AKS nicht in Ihrem Namen nutzen. Ein POST an die Adresse in `device_code` \
         gibt einen Gerätecode, oder öffnen Sie die Adresse in `login` in einem Browser.",
    ),
    (
        "DEVICE_CODE_OFFERED",
        "Ein Gerätecode ist nötig",
        "Sie sind angemeldet, aber diese Anwendung darf AKS nicht in Ihrem Namen nutzen. Holen Sie einen \
         Gerätecode, um fortzufahren: Eine andere Website kann Sie hierher geführt haben, daher wurde \
         noch keiner geholt.",
    ),
    (
        "TOO_MANY_DEVICE_CODES",
        "Zu viele Gerätecodes",
        "Zurzeit geben zu viele Personen Gerätecodes ein. Versuchen Sie es in einer Minute noch einmal.",
    ),
    (
        "DEVICE_CODE_TOO_SOON",
        "Ein Gerätecode wurde eben erst geholt",
        "Den nächsten können Sie in {seconds} Sekunden holen. Wenn der letzte nicht abgebrochen wurde \
         und nicht gescheitert ist, gilt er noch, unter /kubelogin/device-code.",
    ),
    (
        "NO_DEVICE_CODE",
        "Kein Gerätecode",
        "In dieser Sitzung wurde kein Gerätecode geholt, oder er wurde abgebrochen.",
    ),
    (
        "DEVICE_CODE_LOST",
        "Diesen Gerätecode gibt es nicht mehr",
        "Er ist beendet, oder der Dienst, der auf ihn wartete, wurde neu gestartet. Holen Sie einen neuen.",
    ),
    (
        "ANOTHER_USERS_DEVICE_CODE",
        "Ein anderes Konto hat den Code eingegeben",
        "Der Code wurde mit einem anderen Konto eingegeben als dem, das hier angemeldet ist. Nichts wurde \
         behalten. Holen Sie einen neuen Code, und geben Sie ihn mit Ihrem eigenen Konto ein.",
    ),
    (
        "UNUSABLE_KUBELOGIN_TOKEN",
        "Das AKS-Token konnte nicht geprüft werden",
        "Das Token, das kubelogin gebracht hat, wurde nicht angenommen: {what}. Nichts wurde behalten.",
    ),
    (
        "DEVICE_CODE_EXPIRED",
        "Der Gerätecode ist abgelaufen",
        "Niemand hat ihn rechtzeitig eingegeben. Holen Sie einen neuen.",
    ),
    (
        "DEVICE_CODE_DECLINED",
        "Der Gerätecode wurde abgelehnt",
        "Er wurde bei Microsoft Entra abgelehnt, oder eine Conditional-Access-Richtlinie Ihrer \
         Organisation lässt Gerätecodes nicht zu.{explanation}",
    ),
    (
        "DEVICE_CODE_REFUSED",
        "Microsoft Entra gibt keinen Gerätecode",
        "Microsoft Entra hat keinen Gerätecode gegeben.{explanation}",
    ),
    (
        "KUBELOGIN_UNREACHING",
        "Zurzeit nicht verfügbar",
        "kubelogin erreicht Microsoft Entra nicht. Versuchen Sie es gleich noch einmal.",
    ),
    (
        "KUBELOGIN_FAILED",
        "kubelogin ist gescheitert",
        "Das Programm hat kein Token gebracht. Das Log sagt mehr.{explanation}",
    ),
    (
        "KUBELOGIN_MISSING",
        "kubelogin ist nicht da",
        "Das Programm, das Gerätecodes holt, kann nicht ausgeführt werden. Das Plattform-Team muss \
         KUBELOGIN_BINARY und KUBELOGIN_ENABLED des Sidecars ansehen.",
    ),
    (
        "NO_SUCH_CREDENTIAL",
        "Diese Kubeconfig gibt es nicht",
        "In Ihrer Sitzung gibt es keine Kubeconfig mit dieser Kennung, oder sie ist beendet.",
    ),
    (
        "TOO_MANY_CREDENTIALS",
        "Zu viele Kubeconfigs",
        "Höchstens {most} Kubeconfigs einer Anmeldung gelten zugleich, und hundert insgesamt. Widerrufen \
         Sie eine, die Sie nicht nutzen, oder melden Sie sich neu an.",
    ),
    (
        "NO_SUCH_SIGN_IN",
        "Diese Anmeldung gibt es nicht",
        "Sie haben keine andere Anmeldung mit dieser Kennung, oder sie ist beendet. Die, die Sie jetzt nutzen, \
         beenden Sie unter /logout.",
    ),
    (
        "APP_UNKNOWN",
        "Hier ist keine App bekannt",
        "Dieser Proxy meldet unter {origin} niemanden an. Das Plattform-Team muss die Adresse in ALLOWED_RETURN_ORIGINS aufnehmen.",
    ),
    (
        "APP_ON_OWN_ORIGIN",
        "Hier kann keine App sein",
        "{origin} liegt auf dem Host der eigenen Seiten des Proxys. Eine App könnte hier im Namen der angemeldeten Person Kubeconfigs holen, deshalb wird niemand durchgelassen. Das Plattform-Team muss der App einen eigenen Host geben.",
    ),
    (
        "NO_APP_SESSION",
        "Nicht angemeldet",
        "Für diese App gibt es keine Anmeldung, oder sie ist beendet. Melden Sie sich unter {start} an.",
    ),
    (
        "NO_APP_TOKEN",
        "Kein Token für diese Anwendung",
        "Sie sind angemeldet, aber es gibt kein Token für das, was diese Anwendung braucht: {why}. Das Plattform-Team muss die Berechtigungen der App-Registrierung dieses Proxys prüfen (FORWARD_AUTH_SCOPE).",
    ),
    (
        "BEARER_REFUSED",
        "Token nicht angenommen",
        "Das Bearer-Token dieser Anfrage wurde nicht angenommen: {what}.",
    ),
    (
        "TOO_MANY_BEARERS",
        "Zu viele falsche Token",
        "Zu viele Token von Ihrer Adresse wurden nicht angenommen. Versuchen Sie es in {seconds} Sekunden wieder.",
    ),
    (
        "APP_NOT_BEGUN_HERE",
        "Diese Anmeldung kann nicht abgeschlossen werden",
        "Sie wurde in einem anderen Browser oder unter einem anderen Host begonnen, hat länger als zwanzig Minuten gedauert, oder ihr Cookie wurde blockiert. Niemand wurde angemeldet.",
    ),
    (
        "APP_TICKET_LATE",
        "Diese Anmeldung kann nicht abgeschlossen werden",
        "Der Weg von diesem Proxy zur App hat länger als eine Minute gedauert. Beginnen Sie noch einmal.",
    ),
    (
        "APP_TICKET_USED",
        "Diese Anmeldung ist schon abgeschlossen",
        "Jede Anmeldung kann einmal abgeschlossen werden. Öffnen Sie die App, oder beginnen Sie noch einmal.",
    ),
    (
        "APP_SESSION_ENDED",
        "Inzwischen abgemeldet",
        "Die Sitzung wurde beendet, während die App geöffnet wurde. Beginnen Sie noch einmal.",
    ),
    (
        "APP_AMBIGUOUS_PATH",
        "Mehrdeutige Adresse",
        "Der Pfad dieser Adresse lässt sich auf zwei Arten lesen (.., //, ;, %2F, ein bekannter Pfad in anderer Schreibweise …), deshalb lässt sich über ihn nichts entscheiden.",
    ),
    (
        "APP_METHOD",
        "Methode nicht erlaubt",
        "Diese Anwendung nimmt nur {methods}.",
    ),
    (
        "APP_UPGRADE",
        "Kein WebSocket hier",
        "Von der Anwendung wird ein WebSocket verlangt, und die Anfrage kam hier nicht als solche an. Davor muss `aks-oauth-proxy serve` oder `tunnel` stehen, und jeder Proxy davor muss `Upgrade` weitergeben.",
    ),
    (
        "APP_PROTOCOL",
        "Nur WebSockets hier",
        "Aus einer Verbindung zu einer Anwendung kann ein WebSocket werden, und nichts anderes.",
    ),
    (
        "APP_FOREIGN_ORIGIN",
        "Nicht von dieser Anwendung",
        "Die Seite einer anderen Website verlangt einen WebSocket dieser Anwendung. Das Plattform-Team kann ihren Origin in `websocket_origins` nennen.",
    ),
    (
        "APP_KEEPS_HOST",
        "Diese Anwendung braucht einen anderen Proxy",
        "Die Anwendung soll unter dem Host gefragt werden, nach dem Sie gefragt haben (`keep_host`). Das kann nur `aks-oauth-proxy serve` oder `tunnel` vor diesem Proxy.",
    ),
    (
        "APP_TOO_MANY_STREAMS",
        "Zu viele auf einmal",
        "Sie haben {most} WebSockets, Ereignisströme und Uploads bei Anwendungen offen (UPSTREAMS_MAX_STREAMS). Beenden Sie einige, indem Sie ihre Tabs schließen.",
    ),
    (
        "APP_NO_AKS_TOKEN",
        "Kein Token für AKS",
        "Die Anwendung handelt in AKS in Ihrem Namen, und dafür gibt es kein Token: {why}. Öffnen Sie {site}/whoami.",
    ),
    (
        "APP_BODY_TOO_LARGE",
        "Anfrage zu groß",
        "Der Inhalt der Anfrage ist länger als {most} Bytes, mehr nimmt diese Anwendung nicht.",
    ),
    (
        "APP_BODY_CUT_OFF",
        "Inhalt abgeschnitten",
        "Der Inhalt der Anfrage ist nicht ganz angekommen.",
    ),
    (
        "APP_UNREACHABLE",
        "Die Anwendung ist nicht erreichbar",
        "Sie sind angemeldet, aber die Anwendung antwortet diesem Proxy nicht. Versuchen Sie es gleich noch einmal.",
    ),
    (
        "APP_SILENT",
        "Die Anwendung antwortet nicht",
        "Sie sind angemeldet, aber die Anwendung hat nicht rechtzeitig geantwortet.",
    ),
    (
        "ENTRA_AWAY",
        "Zurzeit nicht verfügbar",
        "Microsoft Entra antwortet nicht. Niemand wurde abgemeldet; versuchen Sie es gleich noch einmal.",
    ),
    (
        "SIDECAR_AWAY",
        "Zurzeit nicht verfügbar",
        "Der Dienst für die Identität dieses Proxys (sein Sidecar) antwortet nicht. Niemand wurde \
         abgemeldet; versuchen Sie es gleich noch einmal.",
    ),
    (
        "KUBELOGIN_AWAY",
        "Zurzeit nicht verfügbar",
        "Der Dienst, der kubelogin ausführt, antwortet nicht. Niemand wurde abgemeldet; versuchen Sie es \
         gleich noch einmal.",
    ),
    (
        "STORE_AWAY",
        "Zurzeit nicht verfügbar",
        "Der Speicher der Sitzungen antwortet nicht. Niemand wurde abgemeldet; versuchen Sie es gleich \
         noch einmal.",
    ),
    (
        "API_SERVER_AWAY",
        "Zurzeit nicht verfügbar",
        "Der API-Server antwortet nicht. Niemand wurde abgemeldet; versuchen Sie es gleich noch einmal.",
    ),
    (
        "GRAPH_AWAY",
        "Zurzeit nicht verfügbar",
        "Microsoft Graph, das die Gruppen dieses Kontos kennt, antwortet nicht. Niemand wurde abgemeldet; \
         versuchen Sie es gleich noch einmal.",
    ),
    (
        "ENTRA_INTERRUPTS",
        "Zurzeit nicht verfügbar",
        "Microsoft Entra antwortet nicht, und diese Anmeldung kann nicht abgeschlossen werden. Beginnen Sie \
         gleich unter /login eine neue.",
    ),
    (
        "SIDECAR_INTERRUPTS",
        "Zurzeit nicht verfügbar",
        "Der Dienst für die Identität dieses Proxys (sein Sidecar) antwortet nicht, und diese Anmeldung \
         kann nicht abgeschlossen werden. Beginnen Sie gleich unter /login eine neue.",
    ),
    (
        "KUBELOGIN_INTERRUPTS",
        "Zurzeit nicht verfügbar",
        "Der Dienst, der kubelogin ausführt, antwortet nicht, und diese Anmeldung kann nicht abgeschlossen \
         werden. Beginnen Sie gleich unter /login eine neue.",
    ),
    (
        "STORE_INTERRUPTS",
        "Zurzeit nicht verfügbar",
        "Der Speicher der Sitzungen antwortet nicht, und diese Anmeldung kann nicht abgeschlossen werden. \
         Beginnen Sie gleich unter /login eine neue.",
    ),
    (
        "API_SERVER_INTERRUPTS",
        "Zurzeit nicht verfügbar",
        "Der API-Server antwortet nicht, und diese Anmeldung kann nicht abgeschlossen werden. Beginnen Sie \
         gleich unter /login eine neue.",
    ),
    (
        "GRAPH_INTERRUPTS",
        "Zurzeit nicht verfügbar",
        "Microsoft Graph, das die Gruppen dieses Kontos kennt, antwortet nicht, und diese Anmeldung kann \
         nicht abgeschlossen werden. Beginnen Sie gleich unter /login eine neue.",
    ),
];

/// Die Texte der Seiten.
pub(super) const TEXTS: &[(&str, &str)] = &[
    ("SKIP", "Zum Inhalt springen"),
    ("NAV", "Seiten"),
    ("NAV_HOME", "Start"),
    ("NAV_TOKEN", "AKS-Token"),
    ("NAV_KUBECONFIGS", "Kubeconfigs"),
    ("NAV_SIGN_OUT", "Abmelden"),
    ("LANGUAGES", "Sprache"),
    ("HELP", "Hilfe"),
    ("COPY", "Kopieren"),
    ("COPIED", "Kopiert"),
    ("MINUTES", "{minutes} Min."),
    ("HOURS", "{hours} Std. {minutes} Min."),
    ("SIGNED_IN_AS", "Sie sind angemeldet als {user}."),
    ("WELCOME", "Kubernetes mit Ihrem eigenen Konto"),
    (
        "WELCOME_WHAT",
        "Melden Sie sich einmal mit Ihrem Microsoft-Konto an. Sie bekommen dann eine Kubeconfig, mit der kubectl, helm und k9s in Ihrem Namen arbeiten.",
    ),
    (
        "WELCOME_AFTER",
        "Ihr Kennwort bleibt bei Microsoft. Sie können sich hier jederzeit abmelden; damit enden alle Kubeconfigs.",
    ),
    ("SIGN_IN_WITH_MICROSOFT", "Mit Microsoft anmelden"),
    ("SIGNING_IN", "Anmeldung"),
    ("GO_ON", "Weiter"),
    ("SIGN_OUT_QUESTION", "Abmelden?"),
    ("SIGN_OUT_HERE", "Hier abmelden"),
    ("SIGN_OUT_EVERYWHERE", "Überall abmelden"),
    ("SIGN_OUT_OF_MICROSOFT", "Auch bei Microsoft abmelden"),
    (
        "SIGN_OUT_WHAT",
        "„Hier abmelden“ beendet diese Anmeldung und ihre Kubeconfigs. „Überall abmelden“ beendet die Anmeldungen und Kubeconfigs in allen Ihren Browsern.",
    ),
    ("SIGNED_OUT", "Abgemeldet"),
    (
        "SIGNED_OUT_WHAT",
        "Diese Sitzung ist beendet, und mit ihr die Kubeconfigs.",
    ),
    ("SIGN_IN_AGAIN", "Wieder anmelden"),
    ("APP_SIGN_OUT", "Abmelden"),
    (
        "APP_SIGN_OUT_WHAT",
        "Das beendet Ihre Anmeldung hier, in allen anderen Apps und in den Kubeconfigs, die Sie damit bekommen haben.",
    ),
    (
        "APP_SIGNED_OUT_WHAT",
        "Diese Anmeldung ist in allen Apps beendet.",
    ),
    ("HOME_TITLE", "Ihre Anmeldung"),
    (
        "SESSION_LASTS",
        "Diese Anmeldung gilt noch {time}, bis {end}. Sie endet früher, wenn Sie sie {idle} lang nicht nutzen.",
    ),
    ("TOKEN", "AKS-Token"),
    ("TOKEN_VALID", "Gilt noch {time}"),
    ("TOKEN_MISSING", "Noch kein gültiges Token"),
    (
        "TOKEN_MISSING_WHAT",
        "kubectl braucht eines. Der Weg dahin kann über Microsoft führen, wo Sie um Ihre Zustimmung gebeten werden.",
    ),
    ("TOKEN_GET", "Token holen"),
    (
        "TOKEN_RENEWS",
        "Bevor es endet, wird von selbst ein neues geholt.",
    ),
    (
        "TOKEN_ENDS",
        "Es kann nicht von selbst erneuert werden: Holen Sie nach seinem Ende hier ein neues.",
    ),
    ("TOKEN_DETAILS", "Was im Token steht"),
    (
        "SOURCE_ENTRA",
        "Es kam mit dieser Anmeldung von Microsoft Entra.",
    ),
    (
        "SOURCE_KUBELOGIN",
        "Es kam von kubelogin, durch den Gerätecode, den Sie eingegeben haben.",
    ),
    ("KUBECONFIG_TITLE", "Kubeconfig holen"),
    (
        "KUBECONFIG_WHAT",
        "Die Datei enthält Zugangsdaten für {cluster}. Mit ihnen arbeitet kubectl in Ihrem Namen, bis Sie sich abmelden. Geben Sie die Datei nicht weiter.",
    ),
    (
        "KUBECONFIG_NAME",
        "Ein Name dafür, etwa der des Rechners, auf dem sie liegen wird",
    ),
    ("KUBECONFIG_NAME_EXAMPLE", "laptop"),
    ("DOWNLOAD", "Herunterladen"),
    (
        "COMMANDS",
        "Danach in einem Terminal (die Datei hat den Namen, den Sie gewählt haben):",
    ),
    ("IN_FORCE", "Gültige Kubeconfigs"),
    ("NONE_IN_FORCE", "Es gibt keine."),
    (
        "CREDENTIAL_TIMES",
        "Angelegt: {made}. Zuletzt genutzt: {used}. Endet: {end}.",
    ),
    ("NEVER", "nie"),
    ("REVOKE", "Widerrufen"),
    ("REVOKE_NAMED", "{name} widerrufen"),
    ("APPS", "Anwendungen"),
    (
        "APPS_WHAT",
        "Hier melden Sie sich mit demselben Konto an. Eine Anwendung kann eigene Regeln haben.",
    ),
    ("DENIED_APPS", "Anwendungen, die Sie nicht öffnen dürfen"),
    (
        "DENIED_APPS_WHAT",
        "Ihre Regeln lassen Ihr Konto nicht zu. Wenn Sie eine davon brauchen, fragen Sie das Plattform-Team.",
    ),
    ("ADMITS_GROUPS", "Nur Mitglieder bestimmter Gruppen"),
    ("ADMITS_EMAILS", "Nur bestimmte E-Mail-Adressen"),
    (
        "ADMITS_EMAIL_DOMAINS",
        "Nur E-Mail-Adressen bestimmter Domänen",
    ),
    ("ADMITS_ROLES", "Nur Konten mit bestimmten App-Rollen"),
    ("ADMITS_USERS", "Nur bestimmte Konten"),
    ("SIGN_INS_TITLE", "Ihre anderen Anmeldungen"),
    (
        "SIGN_INS_WHAT",
        "Jede endet mit ihren Kubeconfigs und ihren Anwendungen. Wenn Sie eine nicht kennen, beenden Sie sie.",
    ),
    ("NO_OTHER_SIGN_IN", "Es gibt keine andere."),
    (
        "SIGN_IN_TIMES",
        "Angemeldet: {at}. Zuletzt genutzt, auf die Stunde: {used}. Endet: {end}.",
    ),
    ("BROWSER_ON", "{browser} unter {system}"),
    ("UNKNOWN_BROWSER", "Unbekannter Browser"),
    ("UNKNOWN", "unbekannt"),
    ("END", "Beenden"),
    ("END_NAMED", "Die Anmeldung mit {name} beenden"),
    ("END_OTHERS", "Alle anderen beenden"),
    ("WHOAMI_TITLE", "Wer Sie sind"),
    ("RAW_JSON", "Dasselbe als JSON, wie Programme es bekommen"),
    ("ACCOUNT", "Konto"),
    ("DISPLAY_NAME", "Name"),
    ("EMAIL", "E-Mail"),
    ("OBJECT_ID", "Objekt-ID"),
    ("TENANT", "Mandant"),
    ("AUDIENCE", "Für"),
    ("SCOPES", "Scopes"),
    ("ISSUED", "Erhalten"),
    ("EXPIRES", "Endet"),
    ("CLAIMS_TITLE", "Claims"),
    (
        "CLAIMS_WHAT",
        "Was Microsoft Entra im Token über Sie sagt. Danach entscheidet der Cluster. Lange Werte sind hier gekürzt; im JSON stehen sie ganz.",
    ),
    ("MORE", "und {number} weitere"),
    ("MORE_THAN", "und mehr als {number} weitere"),
    ("GROUPS_TITLE", "Ihre Gruppen"),
    (
        "GROUPS_WHAT",
        "So kennt sie Microsoft Graph jetzt, auch Gruppen in Gruppen.",
    ),
    ("GROUPS_NONE", "Sie sind in keiner Gruppe."),
    (
        "GROUPS_NOT_ALLOWED",
        "Dieser Proxy darf die Namen Ihrer Gruppen noch nicht lesen. Ein Administrator Ihrer Organisation kann es erlauben: Die Berechtigung ist GroupMember.Read.All.",
    ),
    (
        "GROUPS_AWAY",
        "Microsoft Graph kennt die Namen Ihrer Gruppen, antwortet aber nicht. Laden Sie diese Seite in einer Minute neu.",
    ),
    ("DEVICE_CODE", "Gerätecode"),
    ("DEVICE_CODE_TITLE", "Weiter mit einem Gerätecode"),
    (
        "DEVICE_CODE_COMES",
        "Ein Code wird von Microsoft Entra geholt…",
    ),
    (
        "DEVICE_CODE_ENTER",
        "Geben Sie diesen Code bei Microsoft ein, mit dem Konto {user}:",
    ),
    ("DEVICE_CODE_WAITS", "Der Code wurde noch nicht eingegeben."),
    (
        "DEVICE_CODE_WARNING",
        "Geben Sie nie einen Code ein, den Ihnen jemand geschickt hat. Diese Seite geht von selbst weiter.",
    ),
    ("TIME_LEFT", "Verbleibende Zeit: {time}"),
    ("OPEN", "{address} öffnen"),
    ("WAIT", "Versuchen Sie es in {time} noch einmal."),
    ("FOR_THE_ADMINISTRATOR", "Für die Administration"),
    (
        "REPORT",
        "Wenn Sie um Hilfe bitten, schicken Sie diese Zeilen mit. Sie enthalten nichts Geheimes.",
    ),
    ("WAY_SIGN_IN", "Anmelden"),
    ("WAY_ANOTHER_ACCOUNT", "Anderes Konto verwenden"),
    ("WAY_ASK_AGAIN", "Microsoft Entra fragen"),
    ("WAY_DEVICE_CODE", "Gerätecode holen"),
    ("WAY_SIGN_OUT", "Abmelden"),
    ("WAY_TRY_AGAIN", "Noch einmal versuchen"),
    ("WAY_HOME", "Zur ersten Seite"),
    ("WAY_OPEN_APP", "App öffnen"),
];

/// Was der Code als Wert in einen Satz setzt: englisch, deutsch. Ein `{Platz}` steht für jeden Text.
pub(super) const VALUES: &[(&str, &str)] = &[
    (
        "This application has not been allowed yet to use AKS on your behalf; ask Microsoft Entra for the permission.",
        "Diese Anwendung darf AKS noch nicht in Ihrem Namen nutzen; bitten Sie Microsoft Entra um die Berechtigung.",
    ),
    (
        "The permission was declined; ask Microsoft Entra again, and allow it.",
        "Die Berechtigung wurde abgelehnt; fragen Sie Microsoft Entra noch einmal, und stimmen Sie zu.",
    ),
    (
        "An administrator of your organisation has to allow this application; come back when that is done.",
        "Die Administration Ihrer Organisation muss diese Anwendung zulassen; kommen Sie danach wieder.",
    ),
    (
        "Windows needs your permission to sign you in to this application; sign in again, and allow it.",
        "Windows braucht Ihre Zustimmung, um Sie bei dieser Anwendung anzumelden; melden Sie sich noch einmal an, und stimmen Sie zu.",
    ),
    (
        "Your organisation asks for a further proof of identity (multi-factor authentication); sign in again and give it.",
        "Ihre Organisation verlangt einen weiteren Nachweis Ihrer Identität (mehrstufige Authentifizierung); melden Sie sich noch einmal an, und erbringen Sie ihn.",
    ),
    (
        "Your organisation asks you to register for multi-factor authentication; sign in again, and register when Microsoft Entra asks.",
        "Ihre Organisation verlangt, dass Sie sich für die mehrstufige Authentifizierung registrieren; melden Sie sich noch einmal an, und registrieren Sie sich, wenn Microsoft Entra danach fragt.",
    ),
    (
        "Your organisation allows the registration for multi-factor authentication only from certain places or devices; register from one of them, or ask your IT support.",
        "Ihre Organisation erlaubt die Registrierung für die mehrstufige Authentifizierung nur von bestimmten Orten oder Geräten aus; registrieren Sie sich von dort, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "Microsoft's limit for text messages and calls has been reached; wait a few minutes, or prove your identity in another way.",
        "Microsofts Grenze für SMS und Anrufe ist erreicht; warten Sie einige Minuten, oder weisen Sie sich auf andere Art aus.",
    ),
    (
        "Your organisation asks for a further step, such as its terms of use or the proof of identity of another provider; sign in again and complete it.",
        "Ihre Organisation verlangt einen weiteren Schritt, etwa die Zustimmung zu Nutzungsbedingungen oder den Nachweis eines anderen Anbieters; melden Sie sich noch einmal an, und schließen Sie ihn ab.",
    ),
    (
        "The external provider to which your organisation sends you for a further proof of identity did not confirm it; sign in again, and ask your IT support if it happens again.",
        "Der externe Anbieter, zu dem Ihre Organisation Sie für einen weiteren Nachweis schickt, hat ihn nicht bestätigt; melden Sie sich noch einmal an, und fragen Sie Ihren IT-Support, wenn es wieder geschieht.",
    ),
    (
        "Your password has changed or expired; sign in again, and change it if Microsoft Entra asks.",
        "Ihr Kennwort wurde geändert oder ist abgelaufen; melden Sie sich noch einmal an, und ändern Sie es, wenn Microsoft Entra danach fragt.",
    ),
    (
        "Your organisation asks you to change your password; sign in again and change it.",
        "Ihre Organisation verlangt, dass Sie Ihr Kennwort ändern; melden Sie sich noch einmal an, und ändern Sie es.",
    ),
    (
        "Microsoft Entra did not accept the user name or the password; sign in again.",
        "Microsoft Entra hat den Benutzernamen oder das Kennwort nicht angenommen; melden Sie sich noch einmal an.",
    ),
    (
        "A Conditional Access policy of your organisation does not allow this sign-in; ask your IT support what it asks for.",
        "Eine Conditional-Access-Richtlinie Ihrer Organisation lässt diese Anmeldung nicht zu; fragen Sie Ihren IT-Support, was sie verlangt.",
    ),
    (
        "Your organisation allows this sign-in only from a device that it manages; use such a device, or ask your IT support.",
        "Ihre Organisation lässt diese Anmeldung nur von einem Gerät zu, das sie verwaltet; nehmen Sie ein solches Gerät, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "Your organisation does not allow this sign-in from this kind of device or browser; use another one, or ask your IT support.",
        "Ihre Organisation lässt diese Anmeldung mit dieser Art von Gerät oder Browser nicht zu; nehmen Sie ein anderes Gerät oder einen anderen Browser, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "Your organisation allows this sign-in only in certain apps; use one of them, or ask your IT support.",
        "Ihre Organisation lässt diese Anmeldung nur in bestimmten Apps zu; nehmen Sie eine davon, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "Your organisation does not allow device codes; ask Microsoft Entra for the permission instead.",
        "Ihre Organisation lässt Gerätecodes nicht zu; bitten Sie stattdessen Microsoft Entra um die Berechtigung.",
    ),
    (
        "The security defaults of your organisation block this sign-in; ask your IT support.",
        "Die Sicherheitsstandards Ihrer Organisation blockieren diese Anmeldung; fragen Sie Ihren IT-Support.",
    ),
    (
        "Microsoft Entra has seen a risk for your account and blocks this sign-in; ask the IT support of your own organisation.",
        "Microsoft Entra hat ein Risiko für Ihr Konto gesehen und blockiert diese Anmeldung; fragen Sie den IT-Support Ihrer eigenen Organisation.",
    ),
    (
        "Your organisation asks for the sign-in of Windows (integrated Windows authentication); use a computer of your organisation, or ask your IT support.",
        "Ihre Organisation verlangt die Anmeldung von Windows (integrierte Windows-Authentifizierung); nehmen Sie einen Rechner Ihrer Organisation, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "The sign-in has expired; sign in again.",
        "Die Anmeldung ist abgelaufen; melden Sie sich noch einmal an.",
    ),
    (
        "Your earlier sign-ins were revoked, for example because your password was changed; sign in again.",
        "Ihre früheren Anmeldungen wurden widerrufen, zum Beispiel weil Ihr Kennwort geändert wurde; melden Sie sich noch einmal an.",
    ),
    (
        "Microsoft Entra needs another step of yours in the browser; sign in again.",
        "Microsoft Entra braucht noch einen Schritt von Ihnen im Browser; melden Sie sich noch einmal an.",
    ),
    (
        "This sign-in was already used, or was not begun in this browser; begin a new one.",
        "Diese Anmeldung wurde schon verwendet oder nicht in diesem Browser begonnen; beginnen Sie eine neue.",
    ),
    (
        "Your account is not assigned to this application; ask the platform team.",
        "Ihr Konto ist dieser Anwendung nicht zugewiesen; fragen Sie das Plattform-Team.",
    ),
    (
        "This account is not known in the organisation, or is not of a kind that may sign in to it; use another account.",
        "Dieses Konto ist in der Organisation nicht bekannt oder von einer Art, die sich bei ihr nicht anmelden darf; nehmen Sie ein anderes.",
    ),
    (
        "This account is locked for the moment, or Microsoft Entra blocks the address from which you sign in; wait a while, or ask your IT support.",
        "Dieses Konto ist vorübergehend gesperrt, oder Microsoft Entra blockiert die Adresse, von der Sie sich anmelden; warten Sie eine Weile, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "This account is disabled; ask your IT support.",
        "Dieses Konto ist deaktiviert; fragen Sie Ihren IT-Support.",
    ),
    (
        "Your organisation does not allow sign-ins at this hour; try again later, or ask your IT support.",
        "Ihre Organisation lässt zu dieser Zeit keine Anmeldungen zu; versuchen Sie es später noch einmal, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "Microsoft Entra does not allow this application for the age group of your account; ask your IT support.",
        "Microsoft Entra lässt diese Anwendung für die Altersgruppe Ihres Kontos nicht zu; fragen Sie Ihren IT-Support.",
    ),
    (
        "The network that you use does not let you sign in to this organisation (tenant restrictions); use another network, or ask your IT support.",
        "Das Netz, das Sie benutzen, lässt die Anmeldung bei dieser Organisation nicht zu (Mandanteneinschränkungen); nehmen Sie ein anderes Netz, oder fragen Sie Ihren IT-Support.",
    ),
    (
        "A policy between organisations does not allow this sign-in; ask your IT support.",
        "Eine Richtlinie zwischen den Organisationen lässt diese Anmeldung nicht zu; fragen Sie Ihren IT-Support.",
    ),
    (
        "Microsoft has blocked this organisation; the organisation has to ask Microsoft's support.",
        "Microsoft hat diese Organisation gesperrt; die Organisation muss sich an Microsofts Support wenden.",
    ),
    (
        "The identity provider of your organisation did not confirm who you are; sign in again, and ask your IT support if it happens again.",
        "Der Identitätsanbieter Ihrer Organisation hat nicht bestätigt, wer Sie sind; melden Sie sich noch einmal an, und fragen Sie Ihren IT-Support, wenn es wieder geschieht.",
    ),
    (
        "The device code has not been entered yet; enter it, or get a new one.",
        "Der Gerätecode wurde noch nicht eingegeben; geben Sie ihn ein, oder holen Sie einen neuen.",
    ),
    (
        "Microsoft Entra does not know the code that was entered; get a new device code, and enter it as it is shown.",
        "Microsoft Entra kennt den Code nicht, der eingegeben wurde; holen Sie einen neuen Gerätecode, und geben Sie ihn ein, wie er angezeigt wird.",
    ),
    (
        "The device code has expired; get a new one.",
        "Der Gerätecode ist abgelaufen; holen Sie einen neuen.",
    ),
    (
        "The device code was already used or declined; get a new one.",
        "Der Gerätecode wurde schon verwendet oder abgelehnt; holen Sie einen neuen.",
    ),
    (
        "The device code was entered in another region of Microsoft Entra than the one that made it; ask Microsoft Entra for the permission instead.",
        "Der Gerätecode wurde in einer anderen Region von Microsoft Entra eingegeben als der, die ihn ausgegeben hat; bitten Sie stattdessen Microsoft Entra um die Berechtigung.",
    ),
    (
        "Microsoft Entra has trouble at the moment; try again in a few minutes, and ask for help if it stays.",
        "Microsoft Entra hat zurzeit eine Störung; versuchen Sie es in einigen Minuten noch einmal, und bitten Sie um Hilfe, wenn sie bleibt.",
    ),
    (
        "Microsoft Entra has seen too many requests of this kind; wait a few minutes.",
        "Microsoft Entra hat zu viele solche Anfragen gesehen; warten Sie einige Minuten.",
    ),
    (
        "Microsoft Entra did not accept the form of this proxy's request; begin again, and ask for help if it happens again.",
        "Microsoft Entra hat die Form der Anfrage dieses Proxys nicht angenommen; beginnen Sie noch einmal, und bitten Sie um Hilfe, wenn es wieder geschieht.",
    ),
    (
        "The app registration lacks the AKS permission, or the tenant lacks AKS or has disabled it; the platform team has to look at it.",
        "Der App-Registrierung fehlt die Berechtigung für AKS, oder AKS fehlt im Mandanten oder ist dort deaktiviert; das Plattform-Team muss es ansehen.",
    ),
    (
        "The scope that this proxy asks for is not valid; the platform team has to look at AKS_SERVER_ID.",
        "Der Scope, um den dieser Proxy bittet, ist nicht gültig; das Plattform-Team muss AKS_SERVER_ID ansehen.",
    ),
    (
        "Microsoft does not allow kubelogin's application to ask for this API; the platform team has to look at KUBELOGIN_CLIENT_ID and AKS_SERVER_ID.",
        "Microsoft erlaubt der Anwendung von kubelogin nicht, um diese API zu bitten; das Plattform-Team muss KUBELOGIN_CLIENT_ID und AKS_SERVER_ID ansehen.",
    ),
    (
        "The redirect URI is not registered; the platform team has to look at it.",
        "Der Redirect-URI ist nicht registriert; das Plattform-Team muss ihn ansehen.",
    ),
    (
        "The tenant or the application is not known or is disabled, or the one does not fit the other; the platform team has to look at TENANT_ID and CLIENT_ID.",
        "Der Mandant oder die Anwendung ist nicht bekannt oder deaktiviert, oder beide passen nicht zusammen; das Plattform-Team muss TENANT_ID und CLIENT_ID ansehen.",
    ),
    (
        "Microsoft Entra cannot make a token with the claims or keys that are configured for this application; the platform team has to look at the claims mapping of the app registration.",
        "Microsoft Entra kann kein Token mit den Claims oder Schlüsseln ausstellen, die für diese Anwendung eingerichtet sind; das Plattform-Team muss das Claims-Mapping der App-Registrierung ansehen.",
    ),
    (
        "The app registration has no federated credential that fits the workload-identity token; the platform team has to compare issuer, subject and audience.",
        "Die App-Registrierung hat keine Federated Credentials, die zum Workload-Identity-Token passen; das Plattform-Team muss Issuer, Subject und Audience vergleichen.",
    ),
    (
        "No federated credential of the app registration has the issuer of the workload-identity token; the platform team has to compare it with the cluster's OIDC issuer.",
        "Keine Federated Credentials der App-Registrierung haben den Issuer des Workload-Identity-Tokens; das Plattform-Team muss ihn mit dem OIDC-Issuer des Clusters vergleichen.",
    ),
    (
        "No federated credential of the app registration has the audience of the workload-identity token; the platform team has to compare them (it is api://AzureADTokenExchange in most clouds).",
        "Keine Federated Credentials der App-Registrierung haben die Audience des Workload-Identity-Tokens; das Plattform-Team muss sie vergleichen (in den meisten Clouds ist sie api://AzureADTokenExchange).",
    ),
    (
        "No federated credential of the app registration has the subject of the workload-identity token; the platform team has to compare it with system:serviceaccount:NAMESPACE:NAME of the proxy's service account.",
        "Keine Federated Credentials der App-Registrierung haben das Subject des Workload-Identity-Tokens; das Plattform-Team muss es mit system:serviceaccount:NAMESPACE:NAME des Service-Accounts des Proxys vergleichen.",
    ),
    (
        "The subject of the federated credential differs from that of the workload-identity token in upper and lower case; the platform team has to correct it.",
        "Das Subject der Federated Credentials unterscheidet sich von dem des Workload-Identity-Tokens in Groß- und Kleinschreibung; das Plattform-Team muss es berichtigen.",
    ),
    (
        "Microsoft Entra does not accept the workload-identity token; the platform team has to look at the federated credential (issuer, subject, audience).",
        "Microsoft Entra nimmt das Workload-Identity-Token nicht an; das Plattform-Team muss die Federated Credentials ansehen (Issuer, Subject, Audience).",
    ),
    (
        "The app registration does not take the proxy's kind of credential; the platform team has to give it the platform \"Web\" and a federated credential.",
        "Die App-Registrierung nimmt die Art der Zugangsdaten dieses Proxys nicht an; das Plattform-Team muss ihr die Plattform \"Web\" und Federated Credentials geben.",
    ),
    (
        "AUTHORITY_HOST is no host of Microsoft Entra; the platform team has to look at it.",
        "AUTHORITY_HOST ist kein Host von Microsoft Entra; das Plattform-Team muss die Einstellung ansehen.",
    ),
    (
        "AUTHORITY_HOST names another cloud than the tenant's; the platform team has to look at it.",
        "AUTHORITY_HOST nennt eine andere Cloud als die des Mandanten; das Plattform-Team muss die Einstellung ansehen.",
    ),
    (
        "The request was declined at Microsoft Entra; try again, or ask for help.",
        "Die Anfrage wurde bei Microsoft Entra abgelehnt; versuchen Sie es noch einmal, oder bitten Sie um Hilfe.",
    ),
    (
        "Microsoft Entra no longer accepts this sign-in; sign in again.",
        "Microsoft Entra nimmt diese Anmeldung nicht mehr an; melden Sie sich noch einmal an.",
    ),
    (
        "Microsoft Entra does not accept this proxy's own identity; the platform team has to look at the app registration and its federated credential.",
        "Microsoft Entra nimmt die eigene Identität dieses Proxys nicht an; das Plattform-Team muss die App-Registrierung und ihre Federated Credentials ansehen.",
    ),
    (
        "Microsoft Entra refused the request; try again, and ask for help if it happens again.",
        "Microsoft Entra hat die Anfrage abgelehnt; versuchen Sie es noch einmal, und bitten Sie um Hilfe, wenn es wieder geschieht.",
    ),
    // Was an einem Parameter falsch ist.
    ("is missing", "fehlt"),
    ("is given more than once", "ist mehrmals angegeben"),
    (
        "must be a plain path on this origin, such as /whoami",
        "muss ein einfacher Pfad auf dieser Website sein, etwa /whoami",
    ),
    (
        "must be a path on this host, or an address at one of ALLOWED_RETURN_ORIGINS",
        "muss ein Pfad auf diesem Host sein oder eine Adresse unter einem der ALLOWED_RETURN_ORIGINS",
    ),
    (
        "must be a line of at most 60 characters",
        "muss eine Zeile mit höchstens 60 Zeichen sein",
    ),
    (
        "must be one of those that GET lists",
        "muss eine von denen sein, die GET auflistet",
    ),
    ("can only be 0 or 1", "kann nur 0 oder 1 sein"),
    (
        "can only be 1, and not beside an id",
        "kann nur 1 sein, und nicht neben einer id",
    ),
    ("can only be `json`", "kann nur `json` sein"),
    (
        "can only be `aks` or `app`",
        "kann nur `aks` oder `app` sein",
    ),
    ("can only be `en` or `de`", "kann nur `en` oder `de` sein"),
    (
        "is not the issuer of this tenant",
        "ist nicht der Issuer dieses Mandanten",
    ),
    (
        "does not lead to an app of this domain",
        "führt zu keiner App dieser Domäne",
    ),
    ("is not one of /oauth2/start", "ist keine von /oauth2/start"),
    (
        "is no message of a tunnel",
        "ist keine Nachricht eines Tunnels",
    ),
    // Was an einem Token falsch ist.
    ("there is none", "es gibt keines"),
    ("it is no JWT", "es ist kein JWT"),
    (
        "it is not a well-formed JWT",
        "es ist kein wohlgeformtes JWT",
    ),
    (
        "it is not signed with RS256",
        "es ist nicht mit RS256 signiert",
    ),
    (
        "it is signed with a key that the tenant does not have",
        "es ist mit einem Schlüssel signiert, den der Mandant nicht hat",
    ),
    (
        "its signature does not verify",
        "seine Signatur ist nicht gültig",
    ),
    (
        "its claims are not of the right types",
        "seine Claims haben nicht die richtigen Typen",
    ),
    (
        "its claim `{claim}` is missing or malformed",
        "sein Claim `{claim}` fehlt oder hat nicht die richtige Form",
    ),
    (
        "its claim `{claim}` is not the expected one",
        "sein Claim `{claim}` hat nicht den erwarteten Wert",
    ),
    ("it has expired", "es ist abgelaufen"),
    ("it has ended already", "es ist schon abgelaufen"),
    ("it is not valid yet", "es gilt noch nicht"),
    ("its ID token: {what}", "sein ID-Token: {what}"),
    (
        "Entra has given no refresh token",
        "Entra hat kein Refresh-Token gegeben",
    ),
    (
        "its audience is not the AKS server application",
        "es ist nicht für die AKS-Serveranwendung",
    ),
    ("it is another user's", "es gehört zu einem anderen Konto"),
    // Was über eine Anfrage nicht bekannt ist.
    (
        "no header is believed, since FORWARD_AUTH_PROFILE is not set",
        "keinem Header wird geglaubt, weil FORWARD_AUTH_PROFILE nicht gesetzt ist",
    ),
    (
        "its sender is not believed, since it is none of TRUSTED_PROXIES",
        "ihrem Absender wird nicht geglaubt, weil er keiner der TRUSTED_PROXIES ist",
    ),
    ("{name} is missing", "{name} fehlt"),
    ("{name} came more than once", "{name} kam mehrmals"),
    ("{name} is malformed", "{name} hat nicht die richtige Form"),
];

/// Was die Claims von Entra bedeuten.
pub(super) const CLAIMS: &[(&str, &str)] = &[
    (
        "_claim_names",
        "Was nicht ins Token passte: Der Cluster muss Microsoft Graph danach fragen.",
    ),
    ("_claim_sources", "Wo man danach fragen kann."),
    (
        "acct",
        "Ob Sie Mitglied des Mandanten (0) oder Gast (1) sind.",
    ),
    (
        "acr",
        "Wie Sie sich angemeldet haben, in alten Tokens: 0 heißt, dass es ISO/IEC 29115 nicht genügt.",
    ),
    (
        "acrs",
        "Die Authentifizierungskontexte von Conditional Access, die diese Anmeldung erfüllt.",
    ),
    ("aio", "Nur für Entra selbst."),
    (
        "amr",
        "Wie Sie sich ausgewiesen haben: pwd ist ein Kennwort, mfa ein zweiter Faktor, rsa ein Schlüssel oder Zertifikat, fido ein Sicherheitsschlüssel.",
    ),
    ("appid", "Die Anwendung, die um das Token gebeten hat."),
    (
        "appidacr",
        "Wie diese Anwendung sich ausgewiesen hat: 0 gar nicht, 1 mit einem Geheimnis, 2 mit einem Zertifikat oder Federated Token.",
    ),
    ("aud", "Für wen das Token ist: die AKS-Serveranwendung."),
    (
        "auth_time",
        "Wann Sie sich zuletzt bei Microsoft angemeldet haben.",
    ),
    ("azp", "Die Anwendung, die um das Token gebeten hat."),
    (
        "azpacr",
        "Wie diese Anwendung sich ausgewiesen hat: 0 gar nicht, 1 mit einem Geheimnis, 2 mit einem Zertifikat oder Federated Token.",
    ),
    ("ctry", "Ihr Land oder Ihre Region."),
    (
        "email",
        "Ihre E-Mail-Adresse, falls Sie eine haben. Sie kann sich ändern: Nichts soll danach entschieden werden.",
    ),
    ("exp", "Wann das Token endet."),
    ("family_name", "Ihr Nachname."),
    ("fwd", "Die Adresse, von der die Anfrage an Entra kam."),
    ("given_name", "Ihr Vorname."),
    (
        "groups",
        "Die Objekt-IDs Ihrer Gruppen. Rollenbindungen des Clusters können sie nennen.",
    ),
    (
        "hasgroups",
        "Sie sind in zu vielen Gruppen, um sie hier aufzuzählen: Der Cluster muss Microsoft Graph fragen.",
    ),
    ("iat", "Wann das Token ausgestellt wurde."),
    (
        "idp",
        "Wer bestätigt hat, wer Sie sind, falls nicht dieser Mandant: bei Gästen die eigene Organisation.",
    ),
    (
        "idtyp",
        "Ob das Token für eine Person oder für eine Anwendung ausgestellt ist.",
    ),
    (
        "in_corp",
        "Sie haben sich aus dem Netz Ihrer Firma angemeldet.",
    ),
    ("ipaddr", "Die Adresse, von der Sie sich angemeldet haben."),
    (
        "iss",
        "Wer das Token ausgestellt hat: der Token-Dienst des Mandanten.",
    ),
    (
        "login_hint",
        "Ein Hinweis, mit dem Entra Ihr Konto findet, wenn Sie sich an- oder abmelden.",
    ),
    (
        "name",
        "Ihr Name, für Menschen. Er kann sich ändern und ist nicht eindeutig.",
    ),
    ("nbf", "Von wann an das Token gilt."),
    (
        "oid",
        "Ihre Objekt-ID: wer Sie in diesem Mandanten sind. Sie ändert sich nie.",
    ),
    (
        "onprem_sid",
        "Ihre Kennung im Active Directory Ihrer Firma.",
    ),
    (
        "preferred_username",
        "Ihr Name zum Anmelden. Er kann sich ändern: Nichts soll danach entschieden werden.",
    ),
    ("pwd_exp", "Wie lange Ihr Kennwort noch gilt, in Sekunden."),
    ("pwd_url", "Wo Sie Ihr Kennwort ändern können."),
    ("rh", "Nur für Entra selbst."),
    ("roles", "Die App-Rollen, die Sie bekommen haben."),
    ("scp", "Was die Anwendung in Ihrem Namen tun darf."),
    (
        "sid",
        "Die Sitzung bei Entra, über die Entra diese Anmeldung beenden kann.",
    ),
    (
        "sub",
        "Wer Sie für diese Anwendung sind: Andere Anwendungen sehen einen anderen Wert.",
    ),
    ("tenant_ctry", "Das Land oder die Region des Mandanten."),
    ("tenant_region_scope", "Die Region des Mandanten."),
    ("tid", "Der Mandant, in dem Sie sich angemeldet haben."),
    (
        "unique_name",
        "Ihr Name zum Anmelden, in alten Tokens. Er ist auf Dauer nicht eindeutig.",
    ),
    (
        "upn",
        "Ihr User Principal Name. Der Cluster zeigt ihn als Ihren Benutzernamen.",
    ),
    (
        "uti",
        "Die eigene Kennung des Tokens, mit der Microsofts Support es findet.",
    ),
    ("ver", "Die Version des Formats des Tokens."),
    ("verified_primary_email", "Ihre geprüften E-Mail-Adressen."),
    (
        "verified_secondary_email",
        "Ihre weiteren geprüften E-Mail-Adressen.",
    ),
    (
        "wids",
        "Die IDs der Rollen, die Sie im ganzen Mandanten haben.",
    ),
    (
        "xms_cc",
        "Womit die Anwendung umgehen kann: cp1 heißt Claims Challenges.",
    ),
    (
        "xms_edov",
        "Ob der Inhaber der Domäne Ihrer E-Mail-Adresse sie geprüft hat.",
    ),
    ("xms_pdl", "Der Ort Ihrer Daten, in Entras Bezeichnung."),
    ("xms_pl", "Ihre bevorzugte Sprache."),
    ("xms_tpl", "Die bevorzugte Sprache des Mandanten."),
];
