import type { ParsedColumn } from './column.ts';
import type { Column, Money } from './dataset.ts';
import { type ColumnExtras, placeOfExtra } from './extras.ts';
import type { Path, Source } from './source.ts';

/**
 * Currencies in use, ISO 4217 List One (www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html)
 * without funds, metals and units of account, in which nobody pays. The lev, which the euro replaced in 2026, is still in files.
 */
export const CURRENCIES: readonly string[] = `
  AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
  CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
  HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
  MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
  SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
  UZS VED VES VND VUV WST XAD XAF XCD XCG XDR XOF XPF YER ZAR ZMW ZWG`
  .trim()
  .split(/\s+/);

/**
 * Symbols that stand for one currency alone (Unicode CLDR). Not `$`, `£`, `¥`, `₩`, `kr` and the like, which several
 * countries use: what they mean is for the contract to say.
 */
export const SYMBOLS: Readonly<Record<string, string>> = {
  ...{ '€': 'EUR', US$: 'USD', A$: 'AUD', CA$: 'CAD', HK$: 'HKD', NZ$: 'NZD', NT$: 'TWD', MX$: 'MXN', R$: 'BRL' },
  ...{ 'CN¥': 'CNY', 'JP¥': 'JPY', '₹': 'INR', '₪': 'ILS', '₫': 'VND', '₱': 'PHP', '₺': 'TRY', '₽': 'RUB', '₴': 'UAH' },
  ...{ '₸': 'KZT', '₦': 'NGN', '₡': 'CRC', '₲': 'PYG', '₭': 'LAK', '₮': 'MNT', '₾': 'GEL', '₼': 'AZN', zł: 'PLN' },
};

/** What a column says of amounts that carry their currency; reports symbols that can not be read or already have a meaning. */
export function readMoney(
  column: Pick<Column, 'name' | 'type'>,
  extras: ColumnExtras | undefined,
  source: Source,
  path: Path,
): Money | undefined {
  if (!extras?.money) return undefined;
  const say = (reason: string, ...within: Path) =>
    source.report([...placeOfExtra(source, path, 'money'), 'value', ...within], `${column.name}: ${reason}`);
  if (column.type.kind !== 'decimal') say(`money is of decimals; the column is a ${column.type.kind}`);
  const { currency, symbols = {} } = extras.money;
  for (const symbol of Object.keys(symbols)) {
    const shown = JSON.stringify(symbol);
    const meaning = Object.hasOwn(SYMBOLS, symbol) ? SYMBOLS[symbol] : undefined;
    if (meaning) say(`${shown} always means ${meaning}: leave it out`, 'symbols', symbol);
    else if (/^[A-Za-z]{3}$/.test(symbol)) {
      say(`${shown} reads like the code of a currency; symbols are for other spellings`, 'symbols', symbol);
    } else if (/[\s\d+()\p{Cc}-]|^[.,'’_]/u.test(symbol)) {
      const reason = 'has no space, digit, sign or parenthesis in it and begins with no separator of numbers';
      say(`${shown} can not be told from the amount: a symbol ${reason}`, 'symbols', symbol);
    }
  }
  return { currency, symbols };
}

/**
 * The columns, each currency with the names of the amounts that fill it. Reports a currency that is no column for it, and
 * symbols of what is no currency or one that the column does not take.
 */
export function linkMoney(columns: ParsedColumn[], source: Source): ParsedColumn[] {
  for (const { column, path } of columns) {
    if (!column.money) continue;
    const { currency, symbols } = column.money;
    const say = (reason: string, ...within: Path) =>
      source.report([...placeOfExtra(source, path, 'money'), 'value', ...within], `${column.name}: ${reason}`);
    const target = columns.find((candidate) => candidate.column.name === currency)?.column;
    if (!target) say(`the currency ${currency} is not a column of the contract`, 'currency');
    else if (target.type.kind !== 'string') {
      say(`the currency ${currency} must be a string, not a ${target.type.kind}`, 'currency');
    } else if (target.unique) say(`the currency ${currency} can not be unique`, 'currency');
    for (const [symbol, code] of Object.entries(symbols)) {
      const reason = target && codeProblem(code, target);
      if (reason) say(`${JSON.stringify(symbol)} means ${JSON.stringify(code)}, which ${reason}`, 'symbols', symbol);
    }
  }
  return columns.map((parsed) => {
    const amounts = columns.filter(({ column }) => column.money?.currency === parsed.column.name);
    if (amounts.length === 0) return parsed;
    return { ...parsed, column: { ...parsed.column, filledBy: amounts.map(({ column }) => column.name) } };
  });
}

/** The codes that an amount may carry: those of ISO 4217, and what else the currency's enumeration has that reads like one. */
export const codesOf = (currency: Column): string[] => [
  ...new Set([
    ...CURRENCIES,
    ...(currency.enum ?? []).map((value) => value.toUpperCase()).filter((value) => /^[A-Z]{3}$/.test(value)),
  ]),
];

function codeProblem(code: string, currency: Column): string | undefined {
  if (!codesOf(currency).includes(code)) return 'is no currency of ISO 4217, like EUR';
  const { case: letters, values = {} } = currency.standardise ?? {};
  const text = letters === 'lower' ? code.toLowerCase() : code;
  const value = values[text] ?? values[code] ?? text;
  return currency.enum?.includes(value) === false ? `is not in the enum of ${currency.name}` : undefined;
}
