// Numbers and times as people read them.

const locale = "en";
const numbers = new Map();
const times = new Map();

function number(value, digits) {
  if (!numbers.has(digits)) {
    numbers.set(digits, new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }));
  }
  return numbers.get(digits).format(value);
}

export function power(kw) {
  if (kw === null || kw === undefined) return "–";
  if (Math.abs(kw) >= 10000) return `${number(kw / 1000, 2)} MW`;
  return `${number(kw, Math.abs(kw) >= 1000 ? 0 : 1)} kW`;
}

export function energy(kwh) {
  if (kwh === null || kwh === undefined) return "–";
  return Math.abs(kwh) >= 1000 ? `${number(kwh / 1000, 3)} MWh` : `${number(kwh, 1)} kWh`;
}

export function count(value, word) {
  return `${number(value, 0)} ${word}${value === 1 ? "" : "s"}`;
}

export function whole(value) {
  return number(value, 0);
}

// A number in a unit that its name says.
export function amount(value) {
  if (!numbers.has("amount")) {
    numbers.set("amount", new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }));
  }
  return numbers.get("amount").format(value);
}

export function money(value, currency) {
  if (value === null || value === undefined) return "–";
  const key = `money ${currency}`;
  if (!numbers.has(key)) numbers.set(key, moneyFormat(currency));
  return numbers.get(key).format(value);
}

function moneyFormat(currency) {
  try {
    return new Intl.NumberFormat(locale, {
      style: "currency", currency, currencyDisplay: "narrowSymbol",
      minimumFractionDigits: 2, maximumFractionDigits: 2,
    });
  } catch {
    // Not a code of three letters: show it as it is.
    return { format: (value) => `${number(value, 2)} ${currency}` };
  }
}

function timeFormat(zone, options) {
  const key = JSON.stringify([zone, options]);
  if (!times.has(key)) {
    const all = { hourCycle: "h23", ...options };
    try {
      times.set(key, new Intl.DateTimeFormat(locale, { ...all, timeZone: zone }));
    } catch {
      times.set(key, new Intl.DateTimeFormat(locale, { ...all, timeZone: "UTC" }));
    }
  }
  return times.get(key);
}

export function clock(at, zone) {
  return timeFormat(zone, {
    weekday: "short", day: "numeric", month: "short",
    hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
  }).format(new Date(at));
}

export function hour(at, zone, seconds = false) {
  const options = { hour: "2-digit", minute: "2-digit" };
  if (seconds) options.second = "2-digit";
  return timeFormat(zone, options).format(new Date(at));
}

export function day(at, zone) {
  return timeFormat(zone, {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  }).format(new Date(at));
}

export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part) => String(part).padStart(2, "0");
  if (h >= 48) return `${Math.floor(h / 24)} d ${h % 24} h`;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
