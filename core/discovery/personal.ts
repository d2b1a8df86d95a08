import { rowsOf } from './evidence.ts';
import { isIdLike } from './patterns.ts';
import {
  hasEmail,
  hasPhone,
  isCardNumber,
  isDialled,
  isIban,
  isIpAddress,
  isLikeFullName,
  isNationalId,
} from './personal-values.ts';

/** What kind of personal data a column seems to hold, and what that rests on. */
export interface Personal {
  what: string;
  because: string;
}

/** Words that end the name of a column, each part of which may be a word of its own: `date_of_birth`, `dateofbirth`. */
const ending = (...words: string[]): RegExp =>
  new RegExp(`(?:^|_)(?:${words.map((word) => word.replaceAll(' ', '_?')).join('|')})(?:_?[0-9]{1,2})?$`);
const NUMBER = '(?: (?:no|nr|num|number|nummer|numero|numbers))?';

const BY_NAME: [what: string, pattern: RegExp][] = [
  ['email addresses', ending('e? mails?(?: (?:address|addresses|adresse))?', 'courriel', 'correo(?: electronico)?')],
  [
    'phone numbers',
    ending(
      `(?:tele)?(?:phone|fon|fono)s?${NUMBER}(?: (?:home|work|mobile))?`,
      `(?:tel|mobile|mobil|cell|cellphone|fax|handy|whatsapp|msisdn|celular|movil)${NUMBER}(?: (?:home|work))?`,
      'rufnummer',
      'contact (?:no|nr|number)',
    ),
  ],
  [
    'names of people',
    ending(
      '(?:first|last|middle|full|family|given|maiden|sur|fore|nick|user|contact|customer|client|guest|host|patient|employee|person|owner|driver|recipient|cardholder|account holder|holder|member|student|passenger|author|kunden|mitarbeiter|vor|nach|familien|geburts) names?',
      'surname|forename|username|vorname|nachname|kundenname|login|ansprechpartner(?:in)?|contact person|kontaktperson',
      'prenom|nom(?: de famille)?|apellidos?|cognome|voornaam|achternaam',
    ),
  ],
  [
    'dates of birth',
    ending(
      'dob|birth|birth (?:day|date|year|place)|(?:date|day|year|place) of birth|born(?: (?:on|at|in|date))?',
      'geburts (?:datum|tag|jahr|ort)|geb(?: (?:dat|datum|tag))?|geboren(?: am)?|geboortedatum',
      '(?:date (?:de )?)?naissance|(?:fecha (?:de )?)?nacimiento|(?:data (?:di )?)?nascita|data (?:de )?nascimento',
    ),
  ],
  ['network addresses', ending('ip|ip v?[46]? (?:address|addr)|remote addr')],
  [
    'addresses',
    ending(
      'street(?: (?:address|name|no|number))?|strasse|address(?: line)?|addr|anschrift|adresse|direccion|indirizzo|wohnort',
      'house (?:no|number)|hausnummer|haus nr',
    ),
  ],
  [
    'bank accounts',
    ending(`iban|account iban|bank account${NUMBER}|routing number|sort code|konto (?:nr|nummer)|bankverbindung`),
  ],
  [
    'card numbers',
    ending(`(?:credit |debit )?card${NUMBER}|cc (?:no|nr|num|number)|pan|cvv|cvc|kreditkarten?${NUMBER}`),
  ],
  [
    'national or tax ids',
    ending(
      `ssn|social security${NUMBER}|(?:national|personal|identity|citizen) (?:id|no|number|code)|(?:id|identity) card${NUMBER}|nino|bsn|tin`,
      `passport${NUMBER}|pass nr|passnummer|ausweis (?:nr|nummer)|tax (?:id|no|number|payer id)|tax identification number`,
      'steuer (?:id|nr|nummer)|steuerid(?:entifikationsnummer)?|sozialversicherungs? (?:nr|nummer)|svnr|sv nummer|ahv(?: (?:nr|nummer))?',
      `personnummer|personnr|aadhaar|cpf|curp|cuit|pesel|dni|nif|codice fiscale|nhs (?:no|number)|drivers? licen[cs]e${NUMBER}`,
    ),
  ],
];
/** Addresses that are not where people live. */
const NOT_A_HOME = /(?:^|_)(?:web|site|mac|url|memory)_?address$/;

const BY_VALUE: [what: string, share: number, test: (text: string) => boolean][] = [
  ['bank accounts', 0.9, isIban],
  ['card numbers', 0.9, isCardNumber],
  ['national or tax ids', 0.9, isNationalId],
  ['network addresses', 0.9, isIpAddress],
  // One address, or one number to call, in a remark is one too many.
  ['email addresses', 0.01, hasEmail],
  ['phone numbers', 0.01, hasPhone],
];

/** Columns that may be of people, if what they hold looks like names. */
const PERSON =
  /(?:^|_)(?:owner|contact|author|manager|agent|assignee|employee|customer|client|guest|host|patient|driver|recipient|member|user|person|partner|buyer|seller|holder|kunde|mitarbeiter|bearbeiter|sachbearbeiter|verantwortlicher|inhaber|vertreter)$|_by$/;

/** Tells by its name, then by its values, whether a column seems to hold personal data: a guess either way. */
export function readPersonal(name: string, values: ReadonlyMap<string, number>): Personal | undefined {
  const named = NOT_A_HOME.test(name) ? undefined : BY_NAME.find(([, pattern]) => pattern.test(name));
  if (named) return { what: named[0], because: 'by its name' };
  const rows = rowsOf(values);
  const tests: typeof BY_VALUE = [...BY_VALUE];
  if (!isIdLike(name)) tests.push(['phone numbers', 0.9, isDialled]);
  if (PERSON.test(name)) tests.push(['names of people', 0.5, isLikeFullName]);
  if (/(?:^|_)contacts?$/.test(name)) tests.push(['phone numbers', 0.9, (text) => /^\d{9,15}$/.test(text)]);
  for (const [what, share, test] of rows > 0 ? tests : []) {
    // Every tenth number has the right check digit by chance.
    if (what === 'card numbers' && values.size < 3) continue;
    const found = rowsOf(values, (text) => test(text.trim()));
    if (found > 0 && found >= share * rows) {
      const of =
        found === rows ? 'every value' : `${found.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} values`;
      return { what, because: `by ${of}` };
    }
  }
  return undefined;
}

/** A column `name`, or one of nothing but full names, holds those of people only beside other columns about people. */
export function isNameOfPeople(
  name: string,
  isAllFullNames: boolean,
  others: (Personal | undefined)[],
): Personal | undefined {
  if (!others.some((other) => other && /email|phone|birth/.test(other.what))) return undefined;
  if (name === 'name') return { what: 'names of people', because: 'by its name and the columns beside it' };
  return isAllFullNames ? { what: 'names of people', because: 'by every value and the columns beside it' } : undefined;
}
