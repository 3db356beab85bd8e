/* Lines of a text table that say at once what they mean: known codes, whole years, simple numbers.

   What is not so simple is no fault; it is left to whoever knows better, line by line. Reading stops before a line
   from which on nobody can tell without looking back where lines end (quotes that do not close, lone returns). */

#ifndef HIKIWAKE_PLAIN_H
#define HIKIWAKE_PLAIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { EXPORTER, IMPORTER, YEAR, PRODUCT, VALUE, QUANTITY, ROLES };
enum { FIELDS, DELIMITER, FIRST_YEAR, LAST_YEAR, VALUE_POWER, QUANTITY_POWER, FIRST_LINE, NUMBERS };
enum { ROW, ROW_YEAR, ROW_EXPORTER, ROW_IMPORTER, ROW_PRODUCT, ROW_VALUE, ROW_QUANTITY, ROW_COLUMNS };
enum { ROWS_FOUND, OTHERS_FOUND, LINES_READ, BYTES_READ, STOPPED, FOUND };
enum { MOST_DIGITS = 17, MOST_FIELDS = 4096 };

/* Words one after the other, where each begins, and the slots of a table by hash: number of a word and one, or 0. */
typedef struct {
    const unsigned char *text;
    const int64_t *starts, *slots;
    size_t bytes, words, mask;
} Words;

typedef struct {
    const unsigned char *text;
    size_t size;
    const int64_t *places, *numbers, *meanings; /* `meanings`: the economy of a word */
    Words economies, products;
    int64_t *rows, *others, *found; /* rows (ROW_COLUMNS, most), others (3, most_others): line, begin, end */
    size_t most, most_others;
} Lines;

typedef struct {
    const unsigned char *begin, *end;
} Field;

static uint64_t hash_of(const unsigned char *word, size_t length) {
    uint64_t hash = length;
    for (size_t at = 0; at < length; at++) hash = (hash ^ word[at]) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static int words_hold(const Words *words) {
    if ((words->mask & (words->mask + 1)) != 0 || words->mask < words->words) return 0;
    if (words->starts[0] < 0 || words->starts[words->words] > (int64_t)words->bytes) return 0;
    for (size_t at = 0; at < words->words; at++)
        if (words->starts[at] > words->starts[at + 1]) return 0;
    return 1;
}

/* The number of a word; -1 where it is not known. */
static int64_t number_of(const Words *words, const unsigned char *word, size_t length) {
    for (size_t slot = hash_of(word, length) & words->mask, tries = 0; tries <= words->mask; tries++) {
        int64_t number = words->slots[slot] - 1;
        if (number < 0 || (size_t)number >= words->words) return -1;
        int64_t begin = words->starts[number];
        if ((size_t)(words->starts[number + 1] - begin) == length && memcmp(words->text + begin, word, length) == 0)
            return number;
        slot = (slot + 1) & words->mask;
    }
    return -1;
}

static void fill_slots(const Words *words, int64_t *slots) {
    for (size_t at = 0; at <= words->mask; at++) slots[at] = 0;
    for (size_t at = 0; at < words->words; at++) {
        const unsigned char *word = words->text + words->starts[at];
        size_t length = (size_t)(words->starts[at + 1] - words->starts[at]);
        size_t slot = hash_of(word, length) & words->mask;
        while (slots[slot] != 0) slot = (slot + 1) & words->mask;
        slots[slot] = (int64_t)at + 1;
    }
}

/* A simple number times ten to the power, rounded at half away from zero; -1 where it is not simple. */
static int64_t amount_of(Field field, int64_t power) {
    const unsigned char *at = field.begin;
    int64_t whole = 0;
    while (at < field.end && *at >= '0' && *at <= '9' && at - field.begin <= MOST_DIGITS) whole = whole * 10 + (*at++ - '0');
    if (at == field.begin || at - field.begin + power > MOST_DIGITS) return -1;
    int up = 0;
    if (at < field.end) {
        if (*at++ != '.' || at == field.end) return -1;
        for (int first = 1; at < field.end; at++) {
            if (*at < '0' || *at > '9') return -1;
            if (power > 0) whole = whole * 10 + (*at - '0'), power--;
            else if (first) up = *at >= '5', first = 0;
        }
    }
    while (power-- > 0) whole *= 10;
    return whole + up;
}

/* As `amount_of`; -2 where the field says that nothing is known. */
static int64_t quantity_of(Field field, int64_t power) {
    while (field.begin < field.end && *field.begin == ' ') field.begin++;
    while (field.begin < field.end && field.end[-1] == ' ') field.end--;
    size_t length = (size_t)(field.end - field.begin);
    if (length == 0 || (length == 2 && field.begin[0] == 'N' && field.begin[1] == 'A')) return -2;
    return amount_of(field, power);
}

static int64_t year_of(Field field) {
    int64_t year = 0;
    if (field.end - field.begin != 4) return -1;
    for (; field.begin < field.end; field.begin++) {
        if (*field.begin < '0' || *field.begin > '9') return -1;
        year = year * 10 + (*field.begin - '0');
    }
    return year;
}

/* Cut the line at `at` into fields; the place after it, or NULL where nobody can tell where it ends. */
static const unsigned char *cut(const Lines *lines, const unsigned char *at, Field *fields, size_t *count, int *simple) {
    const unsigned char *end = lines->text + lines->size;
    const unsigned char delimiter = (unsigned char)lines->numbers[DELIMITER];
    for (*count = 0, *simple = 1;;) {
        Field field;
        if (at < end && *at == '"') {
            field.begin = ++at;
            for (; at < end && *at != '"'; at++) {
                if (*at == '\n' || *at == '\r') return NULL;
                if (*at < ' ' || *at > '~') *simple = 0;
            }
            field.end = at++;
        } else {
            field.begin = at;
            for (; at < end && *at != delimiter && *at != '\n' && *at != '\r'; at++) {
                if (*at == '"') return NULL;
                if (*at < ' ' || *at > '~') *simple = 0;
            }
            field.end = at;
        }
        if (*count < MOST_FIELDS) fields[*count] = field;
        ++*count;
        if (at >= end) return NULL;
        if (*at == delimiter) {
            at++;
            continue;
        }
        if (*at == '\r') at++;
        return at < end && *at == '\n' ? at + 1 : NULL;
    }
}

/* Write what a line says to a place of `rows`; 0 where it is not simple. */
static int meaning_of(const Lines *lines, const Field *fields, int64_t line, size_t place) {
    const int64_t *at = lines->places, *numbers = lines->numbers;
    Field exporter = fields[at[EXPORTER]], importer = fields[at[IMPORTER]];
    int64_t from = number_of(&lines->economies, exporter.begin, (size_t)(exporter.end - exporter.begin));
    int64_t to = number_of(&lines->economies, importer.begin, (size_t)(importer.end - importer.begin));
    if (from < 0 || to < 0 || lines->meanings[from] == lines->meanings[to]) return 0;
    int64_t year = at[YEAR] < 0 ? numbers[FIRST_YEAR] : year_of(fields[at[YEAR]]);
    if (year < numbers[FIRST_YEAR] || year > numbers[LAST_YEAR]) return 0;
    int64_t product = 0;
    if (at[PRODUCT] >= 0) {
        Field code = fields[at[PRODUCT]];
        product = number_of(&lines->products, code.begin, (size_t)(code.end - code.begin));
    }
    int64_t value = amount_of(fields[at[VALUE]], numbers[VALUE_POWER]);
    int64_t quantity = at[QUANTITY] < 0 ? -2 : quantity_of(fields[at[QUANTITY]], numbers[QUANTITY_POWER]);
    if (product < 0 || value <= 0 || quantity == -1) return 0;
    const int64_t row[ROW_COLUMNS] = {line, year, from, to, product, value, quantity < 0 ? -1 : quantity};
    for (int column = 0; column < ROW_COLUMNS; column++) lines->rows[(size_t)column * lines->most + place] = row[column];
    return 1;
}

static int places_hold(const Lines *lines) {
    const int64_t *numbers = lines->numbers;
    if (numbers[FIELDS] < 1 || numbers[FIELDS] > MOST_FIELDS) return 0;
    for (int power = VALUE_POWER; power <= QUANTITY_POWER; power++)
        if (numbers[power] < 0 || numbers[power] > 6) return 0;
    for (int role = 0; role < ROLES; role++) {
        int may_lack = role == YEAR || role == PRODUCT || role == QUANTITY;
        if (lines->places[role] >= numbers[FIELDS] || lines->places[role] < (may_lack ? -1 : 0)) return 0;
    }
    return words_hold(&lines->economies) && words_hold(&lines->products);
}

/* Read lines while there is room for what they say. */
static void read_plain(const Lines *lines) {
    Field fields[MOST_FIELDS];
    size_t rows = 0, others = 0, count = 0;
    int64_t line = 0, stopped = 0;
    const unsigned char *at = lines->text, *end = lines->text + lines->size;
    while (at < end && rows < lines->most && others < lines->most_others) {
        int simple;
        const unsigned char *next = cut(lines, at, fields, &count, &simple);
        if (next == NULL) {
            stopped = 1;
            break;
        }
        int64_t number = lines->numbers[FIRST_LINE] + line;
        if (simple && count == (size_t)lines->numbers[FIELDS] && meaning_of(lines, fields, number, rows)) {
            rows++;
        } else if (!(count == 1 && fields[0].begin == fields[0].end && fields[0].begin == at)) {
            const int64_t other[3] = {number, at - lines->text, next - lines->text};
            for (size_t part = 0; part < 3; part++) lines->others[part * lines->most_others + others] = other[part];
            others++;
        }
        line++;
        at = next;
    }
    const int64_t found[FOUND] = {(int64_t)rows, (int64_t)others, line, at - lines->text, stopped};
    memcpy(lines->found, found, sizeof found);
}

#endif
