package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/config"
	"capillare/internal/testkit"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// Who may use a route, one letter for each role: R region, M managing body, P delivering partner,
// F facilitator, O operator, A auditor, D administrator. "*" is everybody signed in, "" the public.
const letters = "RMPFOAD"

var emails = map[byte]string{'R': "regione", 'M': "ente", 'P': "partner", 'F': "facilitatore", 'O': "operatore", 'A': "revisore", 'D': "amministratore"}

// scoped roles see only what is theirs: what is another's answers 404.
const scoped = "MPF"

// row says who may use a route, and what its path parameters name ("id=point address=address",
// "?punto=point" in the query).
type row struct{ who, names string }

// authority is the whole table. A route that is not in it fails the test; so does a line without its route.
func authority() map[string]row {
	const (
		points, point    = "RMPFOAD", "id=point"
		edit             = "RMP"
		people           = "RMPA"
		booking, booker  = "booking=booking", "MPFO"
		agendaSeers      = "MPFO"
		recorders        = "MF"
		registerSeers    = "MPFA"
		bodies           = "RMPAD"
		body, programme  = "id=body", "id=programme"
		money, moneyEdit = "RMA", "R"
		account          = "id=account"
		person           = "id=facilitator"
		campaign         = "id=campaign"
	)
	return map[string]row{
		"GET /{$}": {}, "GET /stato": {}, "GET /punti": {}, "GET /punti/{code}": {"", "code=code"}, "GET /prenota": {},
		"GET /prenota/{code}": {"", "code=code"}, "POST /prenota/{code}": {"", "code=code"},
		"GET /prenotazione/b/{key}/dettagli": {"", "key=none"}, "POST /prenotazione/b/{key}/dettagli": {"", "key=none"},
		"GET /prenotazione/b/{key}/richiedente": {"", "key=none"}, "POST /prenotazione/b/{key}/richiedente": {"", "key=none"},
		"GET /prenotazione/b/{key}/riepilogo": {"", "key=none"}, "POST /prenotazione/b/{key}/riepilogo": {"", "key=none"},
		"GET /calendario/{token}": {"", "token=none"},
		"GET /prenotazione":       {}, "POST /prenotazione": {},
		"GET /prenotazione/{by}/{key}": {"", "by=none key=none"}, "GET /prenotazione/{by}/{key}/appuntamento.ics": {"", "by=none key=none"},
		"GET /prenota/{code}/attesa": {"", "code=code"}, "POST /prenota/{code}/attesa": {"", "code=code"},
		"GET /prenotazione/{by}/{key}/attesa": {"", "by=none key=none"}, "POST /prenotazione/{by}/{key}/attesa": {"", "by=none key=none"},
		"GET /attesa": {}, "POST /attesa": {}, "GET /attesa/{by}/{key}": {"", "by=none key=none"}, "POST /attesa/{by}/{key}/accetta": {"", "by=none key=none"},
		"POST /attesa/{by}/{key}/rifiuta": {"", "by=none key=none"}, "POST /attesa/{by}/{key}/lascia": {"", "by=none key=none"},
		"GET /richiesta": {}, "POST /richiesta": {}, "GET /richiesta/segui": {}, "POST /richiesta/segui": {},
		"GET /richiesta/c/{key}": {"", "key=none"}, "POST /richiesta/c/{key}/ritira": {"", "key=none"},
		"GET /prenotazione/{by}/{key}/punto": {"", "by=none key=none"}, "GET /prenotazione/{by}/{key}/orario": {"", "by=none key=none"},
		"POST /prenotazione/{by}/{key}/orario": {"", "by=none key=none"}, "GET /prenotazione/{by}/{key}/disdici": {"", "by=none key=none"},
		"POST /prenotazione/{by}/{key}/disdici": {"", "by=none key=none"}, "POST /prenotazione/{by}/{key}/meno": {"", "by=none key=none"},
		"POST /prenotazione/{by}/{key}/valuta": {"", "by=none key=none"}, "POST /prenotazione/{by}/{key}/valuta/invia": {"", "by=none key=none"},
		"POST /prenotazione/codice": {},
		"GET /domande-frequenti":    {}, "GET /segnala": {}, "GET /privacy": {}, "GET /note-legali": {}, "GET /accessibilita": {},
		"GET /condizioni": {}, "GET /privacy/versioni": {}, "GET /note-legali/versioni": {}, "GET /accessibilita/versioni": {}, "GET /condizioni/versioni": {},
		"GET /privacy/versione/{number}": {"", "number=!1"}, "GET /note-legali/versione/{number}": {"", "number=!1"},
		"GET /accessibilita/versione/{number}": {"", "number=!1"}, "GET /condizioni/versione/{number}": {"", "number=!1"},
		"GET /immagini/{id}": {"", "id=none"}, "GET /comuni": {}, "GET /comuni/{code}": {"", "code=!potenza-pz"},
		"GET /dati": {}, "GET /fonti": {}, "GET /dati/punti.csv": {}, "GET /dati/punti-francia.csv": {}, "GET /dati/punti.geojson": {}, "GET /dati/punti.json": {},
		"GET /accedi": {}, "POST /accedi": {}, "POST /esci": {}, "GET /avvio": {}, "POST /avvio": {},
		"GET /lavoro": {"*", ""}, "GET /profilo": {"*", ""}, "POST /profilo": {"*", ""},

		"GET /avvio/passi":     {"RD", ""},
		"GET /amministrazione": {"D", ""},
		"GET /invito/{token}":  {"", "token=none"}, "POST /invito/{token}": {"", "token=none"},
		"GET /password/{token}": {"", "token=none"}, "POST /password/{token}": {"", "token=none"},
		"GET /password-dimenticata": {}, "POST /password-dimenticata": {},
		"POST /amministrazione":                                  {"D", ""},
		"POST /amministrazione/account.csv":                      {"D", ""},
		"GET /amministrazione/accessi":                           {"D", ""},
		"GET /amministrazione/accessi.csv":                       {"D", ""},
		"POST /amministrazione/accessi/revisione":                {"D", ""},
		"GET /amministrazione/invita":                            {"D", ""},
		"POST /amministrazione/invita":                           {"D", ""},
		"GET /amministrazione/account/{id}/modifica":             {"D", account},
		"POST /amministrazione/account/{id}/modifica":            {"D", account},
		"POST /amministrazione/account/{id}/invito":              {"D", account},
		"POST /amministrazione/account/{id}/invito/ritira":       {"D", account},
		"GET /amministrazione/account/{id}/consegne":             {"D", account},
		"POST /amministrazione/account/{id}/consegne":            {"D", account},
		"GET /amministrazione/account/{id}/ruolo/{role}/durata":  {"D", "id=account role=role"},
		"POST /amministrazione/account/{id}/ruolo/{role}/durata": {"D", "id=account role=role"},
		"GET /amministrazione/salute":                            {"D", ""},
		"GET /amministrazione/copie":                             {"D", ""},
		"POST /amministrazione/copie/adesso":                     {"D", ""},
		"POST /amministrazione/copie/prova":                      {"D", ""},
		"GET /amministrazione/nuovo":                             {"D", ""},
		"POST /amministrazione/nuovo":                            {"D", ""},
		"GET /amministrazione/account/{id}":                      {"D", account},
		"POST /amministrazione/account/{id}/password":            {"D", account},
		"POST /amministrazione/account/{id}/disattiva":           {"D", account},
		"POST /amministrazione/account/{id}/riattiva":            {"D", account},
		"GET /amministrazione/account/{id}/persona":              {"D", account},
		"POST /amministrazione/account/{id}/persona":             {"D", account},
		"GET /amministrazione/account/{id}/ruolo":                {"D", account},
		"POST /amministrazione/account/{id}/ruolo":               {"D", account},
		"GET /amministrazione/account/{id}/ruolo/{role}/fine":    {"D", "id=account role=role"},
		"POST /amministrazione/account/{id}/ruolo/{role}/fine":   {"D", "id=account role=role"},

		"GET /agenda":                       {agendaSeers, ""},
		"GET /agenda/{booking}":             {agendaSeers, booking},
		"POST /agenda/{booking}/assente":    {booker, booking},
		"POST /agenda/{booking}/venuto":     {booker, booking},
		"POST /agenda/{booking}/ripristina": {booker, booking},
		"GET /agenda/{booking}/annulla":     {booker, booking},
		"POST /agenda/{booking}/annulla":    {booker, booking},
		"GET /agenda/{booking}/sposta":      {booker, booking},
		"POST /agenda/{booking}/sposta":     {booker, booking},
		"GET /agenda/aggiungi":              {booker, "?punto=point"},
		"POST /agenda/aggiungi":             {booker, "?punto=point"},
		"GET /agenda/{booking}/registra":    {recorders, booking},
		"POST /agenda/{booking}/registra":   {recorders, booking},
		"GET /servizi/nuovo":                {recorders, ""},
		"POST /servizi/nuovo":               {recorders, "?facilitator=facilitator"},
		"GET /servizi":                      {registerSeers, ""},
		"GET /servizi/{id}":                 {registerSeers, "id=record"},
		"POST /servizi/{id}/annulla":        {recorders, "id=record"},
		"GET /settimana":                    {agendaSeers, ""},
		"GET /chiamate":                     {agendaSeers, ""},
		"GET /chiamate.csv":                 {agendaSeers, ""},
		"POST /chiamate/{id}/fatta":         {booker, "id=call"},
		"POST /chiamate/{id}/non-risponde":  {booker, "id=call"},
		"POST /chiamate/{id}/non-serve":     {booker, "id=call"},
		"GET /calendari":                    {agendaSeers, ""},
		"POST /calendari":                   {agendaSeers, ""},
		"POST /calendari/{id}/rinnova":      {agendaSeers, "id=feed"},
		"POST /calendari/{id}/iniziali":     {agendaSeers, "id=feed"},
		"POST /calendari/{id}/elimina":      {agendaSeers, "id=feed"},
		"GET /miei-numeri":                  {registerSeers, ""},
		"GET /chiudi-oggi":                  {booker, ""},
		"POST /chiudi-oggi":                 {booker, ""},
		"GET /chiudi-oggi/{closing}":        {booker, "closing=closing"},
		"GET /da-spostare":                  {booker, ""},
		"POST /da-spostare":                 {booker, ""},
		"POST /da-spostare/{booking}":       {booker, booking},
		"GET /agenda/stampa":                {agendaSeers, ""},
		"GET /mese":                         {agendaSeers, ""},
		"GET /turni":                        {agendaSeers, ""},
		"GET /foglio-ore":                   {agendaSeers, ""},
		"GET /foglio-ore.csv":               {agendaSeers, ""},
		"GET /gestione/copertura":           {people, ""},
		"GET /gestione/copertura.csv":       {people, ""},
		"GET /gestione/punti/{id}/ore":      {people, point},
		"GET /gestione/punti/{id}/ore.csv":  {people, point},
		"GET /sostituisci":                  {edit, "?facilitatore=facilitator"},
		"POST /sostituisci":                 {edit, "?facilitatore=facilitator"},

		"GET /centro":          {booker, ""},
		"POST /centro/cerca":   {booker, ""},
		"GET /centro/prenota":  {booker, "?punto=point"},
		"POST /centro/prenota": {booker, "?punto=point"},
		"GET /centro/attesa":   {booker, ""}, "POST /centro/attesa/cerca": {booker, ""}, "GET /centro/attesa.csv": {booker, ""},
		"GET /centro/attesa/nuova": {booker, "?punto=point"}, "POST /centro/attesa/nuova": {booker, "?punto=point"}, "GET /centro/attesa/{id}": {booker, "id=waits"},
		"POST /centro/attesa/{id}/accetta": {booker, "id=waits"}, "POST /centro/attesa/{id}/rifiuta": {booker, "id=waits"}, "POST /centro/attesa/{id}/lascia": {booker, "id=waits"},
		"GET /centro/richieste": {booker, ""}, "POST /centro/richieste/cerca": {booker, ""}, "GET /centro/richieste.csv": {booker, ""},
		"GET /centro/richieste/comuni": {people, ""}, "GET /centro/richieste/comuni.csv": {people, ""},
		"GET /centro/richieste/nuova": {booker, ""}, "POST /centro/richieste/nuova": {booker, ""}, "GET /centro/richieste/{id}": {booker, "id=visit"},
		"POST /centro/richieste/{id}/prendi": {booker, "id=visit"}, "POST /centro/richieste/{id}/rimetti": {booker, "id=visit"},
		"GET /centro/richieste/{id}/piano": {booker, "id=visit"}, "POST /centro/richieste/{id}/piano": {booker, "id=visit"}, "POST /centro/richieste/{id}/piano/orario": {booker, "id=visit"},
		"GET /centro/richieste/{id}/fatta": {booker, "id=visit"}, "POST /centro/richieste/{id}/fatta": {booker, "id=visit"},
		"GET /centro/richieste/{id}/rifiuta": {booker, "id=visit"}, "POST /centro/richieste/{id}/rifiuta": {booker, "id=visit"},
		"GET /centro/richieste/{id}/passa": {booker, "id=visit"}, "POST /centro/richieste/{id}/passa": {booker, "id=visit"},
		"GET /centro/prenotazioni/{id}":          {booker, "id=booking"},
		"GET /centro/prenotazioni/{id}/sposta":   {booker, "id=booking"},
		"POST /centro/prenotazioni/{id}/sposta":  {booker, "id=booking"},
		"GET /centro/prenotazioni/{id}/annulla":  {booker, "id=booking"},
		"POST /centro/prenotazioni/{id}/annulla": {booker, "id=booking"},

		"GET /gestione":                                             {people, ""},
		"GET /gestione/punti":                                       {points, ""},
		"GET /gestione/punti.csv":                                   {points, ""},
		"GET /gestione/punti/nuovo":                                 {edit, ""},
		"POST /gestione/punti/nuovo":                                {edit, ""},
		"GET /gestione/punti/{id}":                                  {points, point},
		"GET /gestione/punti/{id}/modifica":                         {edit, point},
		"POST /gestione/punti/{id}/modifica":                        {edit, point},
		"GET /gestione/punti/{id}/orari/{address}":                  {edit, "id=point address=address"},
		"POST /gestione/punti/{id}/orari/{address}":                 {edit, "id=point address=address"},
		"GET /gestione/punti/{id}/chiusure":                         {edit, point},
		"POST /gestione/punti/{id}/chiusure":                        {edit, point},
		"POST /gestione/punti/{id}/chiusure/togli":                  {edit, "id=point ?closure=closure"},
		"GET /gestione/punti/{id}/orari/{address}/copia":            {edit, "id=point address=address"},
		"POST /gestione/punti/{id}/orari/{address}/copia":           {edit, "id=point address=address"},
		"GET /gestione/punti/{id}/aperture":                         {edit, point},
		"POST /gestione/punti/{id}/aperture":                        {edit, point},
		"POST /gestione/punti/{id}/aperture/togli":                  {edit, "id=point ?exception=exception"},
		"GET /gestione/punti/{id}/allestimento":                     {edit, point},
		"POST /gestione/punti/{id}/allestimento":                    {edit, point},
		"GET /gestione/punti/{id}/foto":                             {points, point},
		"POST /gestione/punti/{id}/foto":                            {edit, point},
		"POST /gestione/punti/{id}/foto/togli":                      {edit, "id=point ?photo=photo"},
		"GET /gestione/punti/{id}/file/{file}":                      {points, "id=point file=file"},
		"GET /gestione/chiusure":                                    {edit, ""},
		"POST /gestione/chiusure":                                   {edit, ""},
		"POST /gestione/chiusure/togli":                             {edit, "?closure=wide"},
		"GET /gestione/comuni":                                      {edit, ""},
		"GET /gestione/comuni.csv":                                  {edit, ""},
		"GET /gestione/comuni/{belfiore}/patrono":                   {edit, "belfiore=town"},
		"POST /gestione/comuni/{belfiore}/patrono":                  {"RM", "belfiore=town"},
		"GET /gestione/punti/{id}/stato":                            {edit, point},
		"POST /gestione/punti/{id}/stato":                           {edit, point},
		"GET /gestione/punti/{id}/turni":                            {people, point},
		"GET /gestione/punti/{id}/turni/nuovo":                      {edit, point},
		"POST /gestione/punti/{id}/turni/nuovo":                     {edit, point},
		"GET /gestione/punti/{id}/turni/{duty}/fine":                {edit, "id=point duty=duty"},
		"POST /gestione/punti/{id}/turni/{duty}/fine":               {edit, "id=point duty=duty"},
		"GET /gestione/facilitatori":                                {people, ""},
		"GET /gestione/facilitatori.csv":                            {people, ""},
		"POST /gestione/facilitatori":                               {people, ""},
		"POST /gestione/facilitatori.csv":                           {people, ""},
		"GET /gestione/punti-senza-nessuno":                         {people, ""},
		"GET /gestione/punti-senza-nessuno.csv":                     {people, ""},
		"GET /gestione/facilitatori/{id}/consegne":                  {edit, person},
		"POST /gestione/facilitatori/{id}/consegne":                 {edit, person},
		"GET /gestione/facilitatori/{id}/unisci":                    {edit, person},
		"POST /gestione/facilitatori/{id}/unisci":                   {edit, person},
		"GET /gestione/facilitatori/{id}/unisci/{other}":            {edit, "id=facilitator other=colleague"},
		"POST /gestione/facilitatori/{id}/unisci/{other}":           {edit, "id=facilitator other=colleague"},
		"POST /gestione/facilitatori/{id}/unioni/{merge}/annulla":   {edit, "id=facilitator merge=merge"},
		"GET /gestione/punti/{id}/turni/{duty}":                     {people, "id=point duty=duty"},
		"GET /gestione/punti/{id}/turni/{duty}/giorno/{day}":        {edit, "id=point duty=duty day=duty_day"},
		"POST /gestione/punti/{id}/turni/{duty}/giorno/{day}":       {edit, "id=point duty=duty day=duty_day"},
		"GET /gestione/punti/{id}/turni/{duty}/modifica":            {edit, "id=point duty=duty"},
		"POST /gestione/punti/{id}/turni/{duty}/modifica":           {edit, "id=point duty=duty"},
		"GET /gestione/facilitatori/nuovo":                          {edit, ""},
		"POST /gestione/facilitatori/nuovo":                         {edit, ""},
		"GET /gestione/facilitatori/{id}":                           {people, person},
		"GET /gestione/facilitatori/{id}/modifica":                  {edit, person},
		"POST /gestione/facilitatori/{id}/modifica":                 {edit, person},
		"GET /gestione/facilitatori/{id}/punti":                     {edit, person},
		"POST /gestione/facilitatori/{id}/punti":                    {edit, person},
		"GET /gestione/facilitatori/{id}/punti/{point}/fine":        {edit, "id=facilitator point=point"},
		"POST /gestione/facilitatori/{id}/punti/{point}/fine":       {edit, "id=facilitator point=point"},
		"GET /gestione/facilitatori/{id}/assenze":                   {edit, person},
		"POST /gestione/facilitatori/{id}/assenze":                  {edit, person},
		"POST /gestione/facilitatori/{id}/assenze/togli":            {edit, "id=facilitator ?absence=absence"},
		"GET /gestione/enti":                                        {bodies, ""},
		"GET /gestione/enti.csv":                                    {bodies, ""},
		"GET /gestione/enti/nuovo":                                  {"R", ""},
		"POST /gestione/enti/nuovo":                                 {"R", ""},
		"GET /gestione/enti/{id}":                                   {bodies, body},
		"GET /gestione/enti/{id}/modifica":                          {"R", body},
		"POST /gestione/enti/{id}/modifica":                         {"R", body},
		"GET /gestione/enti/{id}/fine":                              {"R", body},
		"POST /gestione/enti/{id}/fine":                             {"R", body},
		"POST /gestione/enti/{id}/riapri":                           {"R", body},
		"GET /gestione/enti/{id}/ruolo/{name}/{from}/fine":          {"R", "id=body name=!host from=!2026-01-01"},
		"POST /gestione/enti/{id}/ruolo/{name}/{from}/fine":         {"R", "id=body name=!host from=!2026-01-01"},
		"GET /gestione/enti/{id}/unisci":                            {"R", body},
		"POST /gestione/enti/{id}/unisci":                           {"R", body},
		"POST /gestione/enti/{id}/unioni/{merge}/annulla":           {"R", "id=kept merge=bodies"},
		"GET /gestione/enti/{id}/ruolo":                             {"R", body},
		"POST /gestione/enti/{id}/ruolo":                            {"R", body},
		"GET /gestione/tipi-appuntamento":                           {points, ""},
		"GET /gestione/tipi-appuntamento.csv":                       {points, ""},
		"GET /gestione/tipi-appuntamento/nuovo":                     {edit, ""},
		"POST /gestione/tipi-appuntamento/nuovo":                    {edit, ""},
		"GET /gestione/tipi-appuntamento/{kind}":                    {points, "kind=kind"},
		"GET /gestione/tipi-appuntamento/{kind}/modifica":           {edit, "kind=kind"},
		"POST /gestione/tipi-appuntamento/{kind}/modifica":          {edit, "kind=kind"},
		"GET /gestione/tipi-appuntamento/{kind}/fine":               {edit, "kind=kind"},
		"POST /gestione/tipi-appuntamento/{kind}/fine":              {edit, "kind=kind"},
		"GET /gestione/programmi":                                   {money, ""},
		"GET /gestione/programmi/nuovo":                             {moneyEdit, ""},
		"POST /gestione/programmi/nuovo":                            {moneyEdit, ""},
		"GET /gestione/programmi/{id}":                              {money, programme},
		"GET /gestione/programmi/{id}/modifica":                     {moneyEdit, programme},
		"POST /gestione/programmi/{id}/modifica":                    {moneyEdit, programme},
		"GET /gestione/programmi/{id}/progetti/nuovo":               {moneyEdit, programme},
		"POST /gestione/programmi/{id}/progetti/nuovo":              {moneyEdit, programme},
		"GET /gestione/programmi.csv":                               {money, ""},
		"GET /gestione/progetti":                                    {money, ""},
		"GET /gestione/progetti.csv":                                {money, ""},
		"GET /gestione/programmi/{id}/fine":                         {moneyEdit, programme},
		"POST /gestione/programmi/{id}/fine":                        {moneyEdit, programme},
		"POST /gestione/programmi/{id}/riapri":                      {moneyEdit, programme},
		"GET /gestione/programmi/{id}/progetti/{project}":           {money, "id=programme project=project"},
		"GET /gestione/programmi/{id}/progetti/{project}/modifica":  {moneyEdit, "id=programme project=project"},
		"POST /gestione/programmi/{id}/progetti/{project}/modifica": {moneyEdit, "id=programme project=project"},
		"GET /gestione/programmi/{id}/progetti/{project}/fine":      {moneyEdit, "id=programme project=project"},
		"POST /gestione/programmi/{id}/progetti/{project}/fine":     {moneyEdit, "id=programme project=project"},
		"POST /gestione/programmi/{id}/progetti/{project}/riapri":   {moneyEdit, "id=programme project=project"},
		"GET /gestione/programmi/{id}/obiettivi":                    {moneyEdit, programme},
		"POST /gestione/programmi/{id}/obiettivi":                   {moneyEdit, programme},
		"POST /gestione/programmi/{id}/obiettivi/togli":             {moneyEdit, "id=programme ?was_kpi=!services ?was_due_on=!2027-12-31"},
		"GET /andamento":                                            {"RMPA", ""},
		"GET /andamento.csv":                                        {"RMPA", ""},
		"GET /andamento/enti/{id}":                                  {"RMPA", "id=body"},
		"GET /andamento/enti/{id}/punti.csv":                        {"RMPA", "id=body"},
		"GET /andamento/punti/{id}":                                 {"RMPA", "id=point"},
		"GET /territorio/copertura":                                 {"RMPA", ""},
		"GET /territorio/copertura.csv":                             {"RMPA", ""},
		"GET /territorio/comuni":                                    {"RMPA", ""},
		"GET /territorio/comuni.csv":                                {"RMPA", ""},
		"GET /territorio/comuni/{slug}":                             {"RMPA", "slug=!potenza-pz"},
		"GET /gestione/importa":                                     {"R", ""},
		"POST /gestione/importa":                                    {"R", ""},
		"GET /gestione/importa/modello/{file}":                      {"R", "file=!points.xlsx"},
		"GET /gestione/importa/{id}":                                {"R", "id=batch"},
		"POST /gestione/importa/{id}/applica":                       {"R", "id=batch"},
		"POST /gestione/importa/{id}/butta-via":                     {"R", "id=batch"},
		"POST /gestione/importa/{id}/ferma":                         {"R", "id=batch"},
		"POST /gestione/importa/{id}/riprendi":                      {"R", "id=batch"},
		"GET /gestione/importa/{id}/righe/correggi":                 {"R", "id=batch"},
		"POST /gestione/importa/{id}/righe/correggi":                {"R", "id=batch"},
		"GET /gestione/importa/{id}/da-correggere/{file}":           {"R", "id=batch file=!righe.xlsx"},
		"GET /gestione/territorio":                                  {"RD", ""},
		"POST /gestione/territorio":                                 {"RD", ""},
		"GET /gestione/territorio/file/{id}":                        {"RD", "id=territory"},
		"POST /gestione/territorio/file/{id}/applica":               {"RD", "id=territory"},
		"POST /gestione/territorio/file/{id}/butta-via":             {"RD", "id=territory"},
		"GET /gestione/rete":                                        {"RD", ""},
		"GET /gestione/rete/nome":                                   {"RD", ""},
		"POST /gestione/rete/nome":                                  {"RD", ""},
		"GET /gestione/rete/telefono":                               {"RD", ""},
		"POST /gestione/rete/telefono":                              {"RD", ""},
		"GET /gestione/rete/aspetto":                                {"RD", ""},
		"POST /gestione/rete/aspetto":                               {"RD", ""},
		"POST /gestione/rete/aspetto/logo":                          {"RD", ""},
		"GET /gestione/rete/finanziamento":                          {"RD", ""},
		"POST /gestione/rete/finanziamento":                         {"RD", ""},
		"POST /gestione/rete/finanziamento/logo":                    {"RD", ""},
		"GET /gestione/rete/messaggi":                               {"RD", ""},
		"POST /gestione/rete/messaggi":                              {"RD", ""},
		"POST /gestione/rete/messaggi/prova":                        {"RD", ""},
		"GET /gestione/rete/testi":                                  {"RD", ""},
		"GET /gestione/rete/testi/{kind}":                           {"RD", "kind=!privacy"},
		"POST /gestione/rete/testi/{kind}":                          {"RD", "kind=!privacy"},
		"GET /gestione/rete/avvisi":                                 {"RD", ""},
		"POST /gestione/rete/avvisi":                                {"RD", ""},
		"GET /gestione/rete/regole":                                 {"RD", ""},
		"POST /gestione/rete/regole":                                {"RD", ""},
		"GET /gestione/rete/risposte":                               {"RD", ""}, "POST /gestione/rete/risposte": {"RD", ""},
		"GET /gestione/rete/limiti":         {"RD", ""},
		"POST /gestione/rete/limiti":        {"RD", ""},
		"GET /gestione/rete/opinioni":       {"RD", ""},
		"GET /gestione/rete/opinioni.csv":   {"RD", ""},
		"GET /gestione/rete/conservazione":  {"RD", ""},
		"POST /gestione/rete/conservazione": {"RD", ""},
		"GET /gestione/facilita":            {"M", ""},
		"POST /gestione/facilita":           {"M", ""},

		"GET /gestione/facilitatori/{id}/assenze/{absence}":            {edit, "id=facilitator absence=absence"},
		"POST /gestione/facilitatori/{id}/assenze/{absence}/sostituto": {edit, "id=facilitator absence=absence"},

		"GET /campagne/{code}":                              {"", "code=none"},
		"GET /gestione/carico":                              {people, ""},
		"GET /gestione/carico.csv":                          {people, ""},
		"GET /gestione/campagne":                            {people, ""},
		"GET /gestione/campagne/nuova":                      {edit, ""},
		"POST /gestione/campagne/nuova":                     {edit, ""},
		"GET /gestione/campagne/{id}":                       {people, campaign},
		"GET /gestione/campagne/{id}/carico.csv":            {people, campaign},
		"GET /gestione/campagne/{id}/modifica":              {edit, campaign},
		"POST /gestione/campagne/{id}/modifica":             {edit, campaign},
		"GET /gestione/campagne/{id}/presenze":              {edit, campaign},
		"POST /gestione/campagne/{id}/presenze":             {edit, campaign},
		"POST /gestione/campagne/{id}/presenze/togli":       {edit, "id=campaign ?turn=turn"},
		"GET /gestione/campagne/{id}/presenze/{turn}/fine":  {edit, "id=campaign turn=turn"},
		"POST /gestione/campagne/{id}/presenze/{turn}/fine": {edit, "id=campaign turn=turn"},
		"GET /gestione/campagne/{id}/anteprima":             {edit, campaign},
		"POST /gestione/campagne/{id}/anteprima":            {edit, campaign},
		"GET /gestione/campagne/{id}/fine":                  {edit, campaign},
		"POST /gestione/campagne/{id}/fine":                 {edit, campaign},
	}
}

// ask sends a request as role letter (0 is nobody) and returns the answer's status and where it leads.
func (w *world) ask(t *testing.T, letter byte, method, path, body string) (status int, location string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	// A client of its own each time: limits on how often people may send are not what is tested.
	r.RemoteAddr = fmt.Sprintf("127.%d.%d.%d:1234", len(path)%250, letter, time.Now().Nanosecond()%250)
	if letter != 0 {
		answer := httptest.NewRecorder()
		session.Door{}.Open(answer, w.tokens[letter])
		for _, c := range answer.Result().Cookies() {
			r.AddCookie(c)
		}
	}
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, r)
	return answer.Code, answer.Header().Get("Location")
}

// path puts ids in the place of the parameters of a pattern; what follows a question mark goes into the
// query of a GET or the body of a POST, and "!" marks a value that is no kind of id.
func path(pattern, names string, ids map[string]string) (method, address, body string) {
	method, address, _ = strings.Cut(pattern, " ")
	address = strings.ReplaceAll(address, "{$}", "")
	form := url.Values{}
	for _, pair := range strings.Fields(names) {
		param, kind, _ := strings.Cut(pair, "=")
		value, literal := strings.CutPrefix(kind, "!")
		if !literal {
			value = ids[kind]
		}
		if name, asked := strings.CutPrefix(param, "?"); asked {
			form.Set(name, value)
		} else {
			address = strings.ReplaceAll(address, "{"+param+"}", value)
		}
	}
	if method == http.MethodGet && len(form) > 0 {
		return method, address + "?" + form.Encode(), ""
	}
	return method, address, form.Encode()
}

func TestEveryRouteForEveryRole(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	if err := ui.CheckAssets(); err != nil {
		t.Fatalf("%v: run make assets", err)
	}
	w := newWorld(t)
	table := authority()
	var patterns []string
	for _, r := range w.routes(config.Web{}, session.Door{}) {
		patterns = append(patterns, r.Pattern)
	}
	patterns = append(patterns, "GET /lavoro")
	// Reading first: what writing changes does not matter then. Signing out comes last of all.
	slices.SortStableFunc(patterns, func(a, b string) int { return strings.Compare(order(a), order(b)) })
	for _, pattern := range patterns {
		line, ok := table[pattern]
		if !ok {
			t.Errorf("%s is not in the table: say who may use it", pattern)
			continue
		}
		delete(table, pattern)
		w.try(t, pattern, line)
	}
	for pattern := range table {
		t.Errorf("%s is in the table, but there is no such route", pattern)
	}
}

func order(pattern string) string {
	if pattern == "POST /esci" {
		return "Z"
	}
	return pattern[:3]
}

func (w *world) try(t *testing.T, pattern string, line row) {
	t.Helper()
	method, address, body := path(pattern, line.names, w.own['R'])
	status, location := w.ask(t, 0, method, address, body)
	if line.who != "" && (status != http.StatusSeeOther || !strings.HasPrefix(location, "/accedi")) {
		t.Errorf("%s for nobody = %d %s, want to be sent to sign in", pattern, status, location)
	}
	if line.who == "" && (status == http.StatusForbidden || status >= 500 || strings.HasPrefix(location, "/accedi")) {
		t.Errorf("%s for nobody = %d %s, want the public page", pattern, status, location)
	}
	for i := range len(letters) {
		letter := letters[i]
		method, address, body = path(pattern, line.names, w.own[letter])
		status, _ = w.ask(t, letter, method, address, body)
		may := line.who == "" || line.who == "*" || strings.IndexByte(line.who, letter) >= 0
		switch {
		case status >= 500:
			t.Errorf("%s for %c = %d", pattern, letter, status)
		case !may && status != http.StatusForbidden:
			t.Errorf("%s for %c = %d, want 403", pattern, letter, status)
		case may && line.who != "" && (status == http.StatusForbidden || status == http.StatusNotFound):
			t.Errorf("%s for %c over its own = %d, want to be let in", pattern, letter, status)
		}
		if may && isScoped(line, letter) {
			method, address, body = path(pattern, line.names, w.other[letter])
			if status, _ = w.ask(t, letter, method, address, body); status != http.StatusNotFound {
				t.Errorf("%s for %c over another's = %d, want 404", pattern, letter, status)
			}
		}
	}
}

// isScoped reports whether the route names something that another of the role's kind may own. Accounts and
// programmes belong to the whole network.
func isScoped(line row, letter byte) bool {
	if strings.IndexByte(scoped, letter) < 0 || line.who == "" || line.who == "*" {
		return false
	}
	return slices.ContainsFunc(strings.Fields(line.names), func(pair string) bool {
		_, kind, _ := strings.Cut(pair, "=")
		return !strings.HasPrefix(kind, "!") && kind != "account" && kind != "role" && kind != "programme" && kind != "none"
	})
}
