// Tax codes of invented people born in Rome on 1 January, for tests; the program's own code is not used,
// so that both must be right.
const odd = { 0: 1, 1: 0, 2: 5, 3: 7, 4: 9, 5: 13, 6: 15, 7: 17, 8: 19, 9: 21, A: 1, B: 0, C: 5, D: 7, E: 9, F: 13, G: 15, H: 17, I: 19, J: 21, K: 2, L: 4, M: 18, N: 20, O: 11, P: 3, Q: 6, R: 8, S: 12, T: 14, U: 16, V: 10, W: 22, X: 25, Y: 24, Z: 23 }
const even = (c) => /\d/.test(c) ? Number(c) : c.charCodeAt(0) - 65

function three (word, given) {
  const consonants = word.replace(/[AEIOU]/g, '')
  const vowels = word.replace(/[^AEIOU]/g, '')
  if (given && consonants.length > 3) return consonants[0] + consonants[2] + consonants[3]
  return (consonants + vowels + 'XXX').slice(0, 3)
}

export function taxCode (surname, name, sex, year) {
  const base = three(surname) + three(name, true) + String(year % 100).padStart(2, '0') + 'A' + (sex === 'F' ? '41' : '01') + 'H501'
  const sum = [...base].reduce((s, c, i) => s + (i % 2 === 0 ? odd[c] : even(c)), 0)
  return base + String.fromCharCode(65 + sum % 26)
}
