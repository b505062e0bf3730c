/* The messages that travel every period, straight from and to octets (aligned PER, X.691; E2AP 9.1, E2SM-KPM 8.2).

Each function answers as the reference codec does, or None for "ask the reference": whatever is not plain, and whatever is
wrong. Nothing here complains about octets, and nothing reads or writes outside the buffers it was given. Positions are
counted in bits. The Python twins are ricloop/e2ap/fast_indication.py and ricloop/e2sm/kpm/fast.py. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define FRAGMENT 16384

/* ------------------------------------------------------------------------------------------------------- reading */

typedef struct {
    const uint8_t *d;
    size_t n;    /* octets */
    size_t bit;  /* where we are */
} In;

static size_t octet(const In *in) { return (in->bit + 7) >> 3; }
static void align(In *in) { in->bit = (in->bit + 7) & ~(size_t)7; }
static int have(const In *in, size_t bits) { return in->bit + bits <= in->n * 8; }

/* The next `width` (up to 16) bits, or -1. */
static long bits(In *in, unsigned width) {
    if (!have(in, width)) return -1;
    size_t at = in->bit >> 3;
    uint32_t window = 0;
    for (unsigned k = 0; k < 3; k++) window = window << 8 | (at + k < in->n ? in->d[at + k] : 0);
    long value = (long)(window >> (24 - (in->bit & 7) - width) & ((1u << width) - 1));
    in->bit += width;
    return value;
}

/* The next octets, aligned; NULL where there are not so many. */
static const uint8_t *octets(In *in, size_t count) {
    align(in);
    size_t at = in->bit >> 3;
    if (count > in->n || at > in->n - count) return NULL;
    in->bit += count * 8;
    return in->d + at;
}

static uint64_t big(const uint8_t *p, size_t count) {
    uint64_t value = 0;
    while (count--) value = value << 8 | *p++;
    return value;
}

/* A length determinant below 16384, or -1. */
static long length(In *in) {
    const uint8_t *p = octets(in, 1);
    if (!p) return -1;
    if (*p < 0x80) return *p;
    if (*p >= 0xC0) return -1;
    const uint8_t *q = octets(in, 1);
    return q ? (*p & 0x3F) << 8 | *q : -1;
}

/* X.690 8.5, base 2 with one octet of exponent and a mantissa of at most seven. 0 for anything else. */
static int real(In *in, double *value) {
    const uint8_t *p = octets(in, 1);
    if (!p) return 0;
    size_t count = *p;
    if (count == 0) { *value = 0.0; return 1; }
    if (count < 3 || count > 9 || !(p = octets(in, count)) || (p[0] & 0xBF) != 0x80) return 0;
    uint64_t mantissa = big(p + 2, count - 2);
    /* Zero has no octets. */
    double found = ldexp((double)mantissa, (int8_t)p[1]);
    if (mantissa == 0 || found > FLT_MAX) return 0;
    *value = p[0] == 0xC0 ? -found : found;
    return 1;
}

/* One measDataItem, complete, and its record: exactly `wanted` values into `out` (any number where wanted < 0, up to
-wanted). How many, or -1. `out` is octets: a caller's buffer may start at any address. */
static long record(In *in, long wanted, uint8_t *out) {
    const uint8_t *p = octets(in, 1);
    if (!p || *p) return -1;
    long count = length(in);
    if (count <= 0 || (wanted >= 0 ? count != wanted : count > -wanted)) return -1;
    for (long k = 0; k < count; k++) {
        double value;
        long kind = bits(in, 3);
        if (kind == 0) {
            long size = bits(in, 2);
            if (size < 0 || !(p = octets(in, (size_t)size + 1))) return -1;
            value = (double)big(p, (size_t)size + 1);
        } else if (kind == 1) {
            if (!real(in, &value)) return -1;
        } else if (kind == 2) {
            value = NAN;
        } else {
            return -1;
        }
        float single = (float)value;
        memcpy(out + (size_t)k * sizeof single, &single, sizeof single);
    }
    return count;
}

/* `count` bits that must be those of `known`, from the next octet on. */
static int same(In *in, const uint8_t *known, size_t count) {
    align(in);
    size_t at = in->bit >> 3, whole = count >> 3, rest = count & 7;
    if (!have(in, count) || memcmp(in->d + at, known, whole)) return 0;
    if (rest && ((in->d[at + whole] ^ known[whole]) & (0xFF << (8 - rest) & 0xFF))) return 0;
    in->bit += count;
    return 1;
}

static int granularity(In *in) {
    long size = bits(in, 2);
    const uint8_t *p = size < 0 ? NULL : octets(in, (size_t)size + 1);
    /* It counts from 1 to 2^32 - 1: the largest of four octets is one too many. */
    return p && (size < 3 || big(p, 4) != 0xFFFFFFFF);
}

/* ----------------------------------------------------------------------------------------------------- UE identities */

/* `of_gnb(octets, length of the AMF id)`. New reference; NULL with no exception set for "ask the reference". */
static PyObject *named(PyObject *of_gnb, const uint8_t *p, size_t size, size_t amf) {
    PyObject *key = PyBytes_FromStringAndSize((const char *)p, (Py_ssize_t)size);
    PyObject *count = PyLong_FromSize_t(amf);
    PyObject *found = key && count ? PyObject_CallFunctionObjArgs(of_gnb, key, count, NULL) : NULL;
    Py_XDECREF(key);
    Py_XDECREF(count);
    if (found == Py_None) { Py_DECREF(found); return NULL; }
    return found;
}

/* A list item's UE: a DU's by `of_du(int)`, a gNB's by `of_gnb(octets, length of the AMF id)`, a CU-UP's by the same with
no AMF id. New reference; NULL with no exception set for "ask the reference". */
static PyObject *ue(In *in, PyObject *of_du, PyObject *of_gnb) {
    size_t start = in->bit;
    const uint8_t *p;
    long head = bits(in, 7);
    if (head == 0x04 || head == 0x08) {  /* item; gNB-DU-UEID or gNB-CU-UP-UEID; without RAN UE id */
        long size = bits(in, 2);
        if (size < 0 || !(p = octets(in, (size_t)size + 1))) return NULL;
        if (head == 0x08) return named(of_gnb, p, (size_t)size + 1, 0);
        PyObject *id = PyLong_FromUnsignedLongLong(big(p, (size_t)size + 1));
        if (!id) return NULL;
        PyObject *found = PyObject_CallOneArg(of_du, id);
        Py_DECREF(id);
        return found;
    }
    in->bit = start;
    head = bits(in, 11);
    /* item; gNB-UEID; of its options only the F1AP list, or that and the E1AP list */
    if (head != 0x10 && head != 0x18) return NULL;
    long size = bits(in, 3);
    if (size < 0 || size > 4) return NULL;
    align(in);
    size_t amf = (size_t)size + 1, from = in->bit >> 3;
    /* AMF id; an octet of padding; PLMN, region, set and pointer; the F1AP list, of one. */
    if (!(p = octets(in, amf + 8)) || p[amf] || (p[amf + 7] & 0xE7)) return NULL;
    if (!octets(in, (size_t)(p[amf + 7] >> 3) + 1)) return NULL;
    /* The E1AP list, of one: its count less one, then the id. */
    if (head == 0x18 && (!(p = octets(in, 3)) || p[0] || p[1] || (p[2] & 0x9F) || !octets(in, (size_t)(p[2] >> 5) + 1)))
        return NULL;
    return named(of_gnb, in->d + from, (in->bit >> 3) - from, amf);
}

/* ------------------------------------------------------------------------------------------------------- messages */

/* The open type of a Format 3 message, its fragments joined: `*joined` is to be freed. 0 for "ask the reference". */
static int opened(In *in, uint8_t **joined) {
    *joined = NULL;
    if (in->n < 4 || in->d[0] != 0x40 || in->d[1]) return 0;
    in->bit = 16;
    if (in->d[2] < 0xC0) {
        long count = length(in);
        size_t at = in->bit >> 3;
        if (count < 0 || at + (size_t)count != in->n) return 0;
        in->d += at;
        in->n = (size_t)count;
        in->bit = 0;
        return 1;
    }
    uint8_t *all = PyMem_Malloc(in->n);
    if (!all) return 0;
    size_t total = 0;
    for (;;) {
        const uint8_t *p = octets(in, 1);
        if (!p) break;
        size_t count;
        int more = *p >= 0xC0;
        if (more) {
            count = (size_t)(*p & 0x3F) * FRAGMENT;
            if (count == 0 || count > 4 * FRAGMENT) break;
        } else {
            in->bit -= 8;
            long rest = length(in);
            if (rest < 0) break;
            count = (size_t)rest;
        }
        if (!(p = octets(in, count))) break;
        memcpy(all + total, p, count);
        total += count;
        if (!more) {
            if (in->bit != in->n * 8) break;
            *joined = all;
            in->d = all;
            in->n = total;
            in->bit = 0;
            return 1;
        }
    }
    PyMem_Free(all);
    return 0;
}

static int ended(const In *in) { return octet(in) == in->n; }

typedef struct {
    Py_buffer view;
    size_t bits;
    int there;
} Known;

static int known_from(PyObject *octets_, PyObject *count, Known *known) {
    known->there = octets_ != Py_None;
    if (!known->there) return 1;
    size_t wanted = PyLong_AsSize_t(count);
    if (wanted == (size_t)-1 && PyErr_Occurred()) return 0;
    if (PyObject_GetBuffer(octets_, &known->view, PyBUF_SIMPLE) < 0) return 0;
    known->bits = wanted;
    if (wanted > (size_t)known->view.len * 8) {
        PyBuffer_Release(&known->view);
        PyErr_SetString(PyExc_ValueError, "more bits than octets hold");
        return 0;
    }
    return 1;
}

static void known_done(Known *known) { if (known->there) PyBuffer_Release(&known->view); }

/* A buffer that values may be written over: float32, or mere octets, but not references to objects. */
static int floats_into(PyObject *object, Py_buffer *view) {
    if (PyObject_GetBuffer(object, view, PyBUF_WRITABLE | PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) return 0;
    if (!view->format || strcmp(view->format, "f") == 0 || strcmp(view->format, "B") == 0) return 1;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_TypeError, "values are written into float32 or octets");
    return 0;
}

/* decode_cell(data, flexric, info, info_bits, out: writable float32) -> bool: Format 1 filled all of `out`. */
static PyObject *decode_cell(PyObject *self, PyObject *const *args, Py_ssize_t nargs) {
    (void)self;
    if (nargs != 5) return PyErr_Format(PyExc_TypeError, "decode_cell takes 5 arguments");
    int flexric = PyObject_IsTrue(args[1]);
    if (flexric < 0) return NULL;
    Py_buffer data, out;
    Known info;
    if (PyObject_GetBuffer(args[0], &data, PyBUF_SIMPLE) < 0) return NULL;
    if (!floats_into(args[4], &out)) { PyBuffer_Release(&data); return NULL; }
    if (!known_from(args[2], args[3], &info)) { PyBuffer_Release(&out); PyBuffer_Release(&data); return NULL; }
    In in = {data.buf, (size_t)data.len, 0};
    uint8_t listed = flexric ? 0x04 : 0x08, period = flexric ? 0x02 : 0x04;
    int good = 0;
    if (in.n >= 4 && !(in.d[0] & ~(listed | period)) && !in.d[1] && !in.d[2] && out.len % 4 == 0) {
        uint8_t head = in.d[0];
        in.bit = 24;
        /* Where a list is expected, a message without one has another order. */
        good = !(head & listed) == !info.there && record(&in, (long)(out.len / 4), out.buf) >= 0;
        if (good && info.there) good = same(&in, info.view.buf, info.bits);
        if (good && head & period) good = granularity(&in);
        good = good && ended(&in);
    }
    known_done(&info);
    PyBuffer_Release(&out);
    PyBuffer_Release(&data);
    return PyBool_FromLong(good);
}

/* decode_ues(data, flexric, info, info_bits, measurements, of_du, of_gnb) -> (UEs, float32 octets) or None: Format 3. */
static PyObject *decode_ues(PyObject *self, PyObject *const *args, Py_ssize_t nargs) {
    (void)self;
    if (nargs != 7) return PyErr_Format(PyExc_TypeError, "decode_ues takes 7 arguments");
    int flexric = PyObject_IsTrue(args[1]);
    if (flexric < 0) return NULL;
    long each = PyLong_AsLong(args[4]);
    if (each <= 0 || each > 65535) {
        if (PyErr_Occurred()) return NULL;
        Py_RETURN_NONE;
    }
    Py_buffer data;
    Known info;
    if (PyObject_GetBuffer(args[0], &data, PyBUF_SIMPLE) < 0) return NULL;
    if (!known_from(args[2], args[3], &info)) { PyBuffer_Release(&data); return NULL; }
    In in = {data.buf, (size_t)data.len, 0};
    uint8_t *joined = NULL;
    PyObject *ues = NULL, *values = NULL, *result = NULL;
    if (flexric ? in.n < 1 || in.d[0] != 0x20 : !opened(&in, &joined) || in.n < 1 || in.d[0]) goto done;
    in.bit = 8;
    const uint8_t *p = octets(&in, 2);
    if (!p) goto done;
    size_t count = (size_t)big(p, 2) + 1;
    /* A UE takes eight octets at the least, a value three bits: nothing is reserved for what cannot be there. */
    if (count * (8 + (size_t)each * 3 / 8) > in.n) goto done;
    ues = PyTuple_New((Py_ssize_t)count);
    values = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * (size_t)each * sizeof(float)));
    if (!ues || !values) goto done;
    uint8_t *row = (uint8_t *)PyBytes_AS_STRING(values);
    for (size_t k = 0; k < count; k++, row += (size_t)each * sizeof(float)) {
        PyObject *one = ue(&in, args[5], args[6]);
        if (!one) goto done;
        PyTuple_SET_ITEM(ues, (Py_ssize_t)k, one);
        if (!(p = octets(&in, 3)) || p[0] & 0x9F || p[1] || p[2]) goto done;
        uint8_t head = p[0];
        if (!(head & 0x40) != !info.there || record(&in, each, row) < 0) goto done;
        if (info.there && !same(&in, info.view.buf, info.bits)) goto done;
        if (head & 0x20 && !granularity(&in)) goto done;
    }
    if (ended(&in)) result = PyTuple_Pack(2, ues, values);
done:
    Py_XDECREF(ues);
    Py_XDECREF(values);
    PyMem_Free(joined);
    known_done(&info);
    PyBuffer_Release(&data);
    if (!result && !PyErr_Occurred()) Py_RETURN_NONE;
    return result;
}

/* decode_matched(data, flexric, ((prefix, bits), ...), of_du, of_gnb) -> (UEs, float32 octets) or None: Format 2, every
measurement with UEs of its own. Rows in the order in which UEs are first named; NaN where a measurement lacks a UE. */
static PyObject *decode_matched(PyObject *self, PyObject *const *args, Py_ssize_t nargs) {
    (void)self;
    if (nargs != 5 || !PyTuple_Check(args[2])) return PyErr_Format(PyExc_TypeError, "decode_matched takes 5 arguments");
    int flexric = PyObject_IsTrue(args[1]);
    if (flexric < 0) return NULL;
    size_t columns = (size_t)PyTuple_GET_SIZE(args[2]);
    Py_buffer data;
    if (PyObject_GetBuffer(args[0], &data, PyBUF_SIMPLE) < 0) return NULL;
    In in = {data.buf, (size_t)data.len, 0};
    float *record_ = NULL, *table = NULL;
    PyObject *rows = NULL, *ues = NULL, *values = NULL, *result = NULL;
    uint8_t first = flexric ? 0x10 : 0x20, period = flexric ? 0x04 : 0x08;
    if (in.n < 4 || (in.d[0] & ~period) != first || in.d[1] || in.d[2] || columns == 0) goto done;
    uint8_t head = in.d[0];
    in.bit = 24;
    /* A value takes three bits at the least. */
    long most = (long)(in.n * 3);
    record_ = PyMem_Malloc((size_t)most * sizeof(float));
    long total = record_ ? record(&in, -most, (uint8_t *)record_) : -1;
    const uint8_t *p = total < 0 ? NULL : octets(&in, 2);
    /* Each measurement has a UE at least, each UE a value. */
    if (!p || big(p, 2) + 1 != columns || columns > (size_t)total) goto done;
    table = PyMem_Malloc((size_t)total * columns * sizeof(float));
    rows = PyDict_New();
    if (!table || !rows) goto done;
    long at = 0;
    for (size_t column = 0; column < columns; column++) {
        PyObject *prefix = PyTuple_GET_ITEM(args[2], (Py_ssize_t)column);
        Known known;
        if (!PyTuple_Check(prefix) || PyTuple_GET_SIZE(prefix) != 2) { PyErr_SetString(PyExc_TypeError, "a prefix is (octets, bits)"); goto done; }
        if (!known_from(PyTuple_GET_ITEM(prefix, 0), PyTuple_GET_ITEM(prefix, 1), &known)) goto done;
        int fits = (in.bit & 7) == 0 && known.there && same(&in, known.view.buf, known.bits);
        known_done(&known);
        if (!fits || !(p = octets(&in, 2))) goto done;
        size_t count = (size_t)big(p, 2) + 1;
        if (count > (size_t)(total - at)) goto done;
        for (size_t k = 0; k < count; k++) {
            PyObject *one = ue(&in, args[3], args[4]);
            if (!one) goto done;
            PyObject *row = PyDict_GetItemWithError(rows, one);
            Py_ssize_t number;
            if (row) {
                number = PyLong_AsSsize_t(row);
            } else {
                number = PyDict_Size(rows);
                PyObject *fresh = PyErr_Occurred() ? NULL : PyLong_FromSsize_t(number);
                if (!fresh || PyDict_SetItem(rows, one, fresh) < 0) { Py_XDECREF(fresh); Py_DECREF(one); goto done; }
                Py_DECREF(fresh);
                for (size_t c = 0; c < columns; c++) table[(size_t)number * columns + c] = NAN;
            }
            Py_DECREF(one);
            table[(size_t)number * columns + column] = record_[at++];
        }
    }
    if (at != total || (head & period && !granularity(&in)) || !ended(&in)) goto done;
    PyObject *keys = PyDict_Keys(rows);
    ues = keys ? PyList_AsTuple(keys) : NULL;
    Py_XDECREF(keys);
    values = PyBytes_FromStringAndSize((const char *)table, PyDict_Size(rows) * (Py_ssize_t)(columns * sizeof(float)));
    if (ues && values) result = PyTuple_Pack(2, ues, values);
done:
    Py_XDECREF(rows);
    Py_XDECREF(ues);
    Py_XDECREF(values);
    PyMem_Free(record_);
    PyMem_Free(table);
    PyBuffer_Release(&data);
    if (!result && !PyErr_Occurred()) Py_RETURN_NONE;
    return result;
}

/* -------------------------------------------------------------------------------------------------------- writing */

typedef struct {
    uint8_t *d;
    size_t room;
    size_t bit;
    int failed;
} Out;

static int grow(Out *out, size_t count) {
    size_t need = (out->bit >> 3) + count + 4;
    if (need > out->room) {
        size_t room = need * 2;
        uint8_t *more = PyMem_Realloc(out->d, room);
        if (!more) { out->failed = 1; return 0; }
        memset(more + out->room, 0, room - out->room);
        out->d = more;
        out->room = room;
    }
    return 1;
}

static void put(Out *out, uint32_t value, unsigned width) {
    if (!grow(out, 4)) return;
    size_t at = out->bit >> 3;
    uint32_t shifted = value << (24 - (out->bit & 7) - width);
    out->d[at] |= shifted >> 16 & 0xFF;
    out->d[at + 1] |= shifted >> 8 & 0xFF;
    out->d[at + 2] |= shifted & 0xFF;
    out->bit += width;
}

static uint8_t *append(Out *out, const uint8_t *p, size_t count) {
    out->bit = (out->bit + 7) & ~(size_t)7;
    if (!grow(out, count)) return NULL;
    uint8_t *to = out->d + (out->bit >> 3);
    memcpy(to, p, count);
    out->bit += count * 8;
    return to;
}

static unsigned split(uint64_t value, uint8_t *to) {
    unsigned count = 1;
    while (count < 8 && value >> 8 * count) count++;
    for (unsigned k = 0; k < count; k++) to[k] = (uint8_t)(value >> 8 * (count - 1 - k));
    return count;
}

/* One measDataItem with its record of `count` doubles, which may start at any address. 0 for a value that the reference
must write. */
static int put_record(Out *out, const uint8_t *values, size_t count) {
    uint8_t head[3] = {0}, part[12];
    if (count == 0 || count > 16383) return 0;
    if (count < 128) { head[1] = (uint8_t)count; append(out, head, 2); }
    else { head[1] = (uint8_t)(0x80 | count >> 8); head[2] = (uint8_t)count; append(out, head, 3); }
    for (size_t k = 0; k < count && !out->failed; k++) {
        double value;
        memcpy(&value, values + k * sizeof value, sizeof value);
        if (isnan(value)) { put(out, 2, 3); continue; }
        if (value >= 0 && value < 4294967296.0 && value == floor(value)) {
            unsigned size = split((uint64_t)value, part);
            put(out, size - 1, 5);
            append(out, part, size);
            continue;
        }
        if (isinf(value)) return 0;
        int exponent;
        uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(value), &exponent), 53);
        exponent -= 53;
        while (!(mantissa & 1)) { mantissa >>= 1; exponent++; }
        if (exponent < -128 || exponent > 127) return 0;
        part[1] = value > 0 ? 0x80 : 0xC0;
        part[2] = (uint8_t)exponent;
        part[0] = (uint8_t)(2 + split(mantissa, part + 3));
        put(out, 1, 3);
        append(out, part, (size_t)part[0] + 1);
    }
    return !out->failed;
}

static void put_bits(Out *out, const uint8_t *p, size_t count) {
    uint8_t *to = append(out, p, (count + 7) >> 3);
    if (to && count & 7) {
        to[count >> 3] &= (uint8_t)(0xFF << (8 - (count & 7)));
        out->bit -= 8 - (count & 7);
    }
}

static void put_granularity(Out *out, uint64_t granularity_ms) {
    uint8_t part[8];
    unsigned size = split(granularity_ms - 1, part);
    put(out, size - 1, 2);
    append(out, part, size);
}

static int doubles_from(PyObject *object, Py_buffer *view) {
    if (PyObject_GetBuffer(object, view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) return 0;
    if (view->itemsize == 8 && view->format && strcmp(view->format, "d") == 0) return 1;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_TypeError, "values are float64, one after the other");
    return 0;
}

/* encode_cell(values: float64, granularity_ms or 0, flexric, info, info_bits) -> bytes or None: Format 1. */
static PyObject *encode_cell(PyObject *self, PyObject *const *args, Py_ssize_t nargs) {
    (void)self;
    if (nargs != 5) return PyErr_Format(PyExc_TypeError, "encode_cell takes 5 arguments");
    unsigned long long granularity_ms = PyLong_AsUnsignedLongLong(args[1]);
    if (PyErr_Occurred()) return NULL;
    int flexric = PyObject_IsTrue(args[2]);
    if (flexric < 0) return NULL;
    Py_buffer values;
    Known info;
    if (!doubles_from(args[0], &values)) return NULL;
    if (!known_from(args[3], args[4], &info)) { PyBuffer_Release(&values); return NULL; }
    Out out = {PyMem_Calloc(1, 512), 512, 0, 0};
    PyObject *result = NULL;
    uint8_t head[3] = {0};
    if (info.there) head[0] |= flexric ? 0x04 : 0x08;
    if (granularity_ms) head[0] |= flexric ? 0x02 : 0x04;
    if (out.d && granularity_ms < 4294967296ULL) {
        append(&out, head, 3);
        if (put_record(&out, values.buf, (size_t)(values.len / 8))) {
            if (info.there) put_bits(&out, info.view.buf, info.bits);
            if (granularity_ms) put_granularity(&out, granularity_ms);
            if (!out.failed)
                result = PyBytes_FromStringAndSize((const char *)out.d, (Py_ssize_t)((out.bit + 7) >> 3));
        }
    }
    PyMem_Free(out.d);
    known_done(&info);
    PyBuffer_Release(&values);
    if (!result && !PyErr_Occurred()) Py_RETURN_NONE;
    return result;
}

/* encode_ues(((head, bits, octets), ...), values: float64 [ues, measurements], flexric, info, info_bits) -> bytes or None:
Format 3. */
static PyObject *encode_ues(PyObject *self, PyObject *const *args, Py_ssize_t nargs) {
    (void)self;
    if (nargs != 5 || !PyList_Check(args[0])) return PyErr_Format(PyExc_TypeError, "encode_ues takes 5 arguments");
    int flexric = PyObject_IsTrue(args[2]);
    if (flexric < 0) return NULL;
    Py_buffer values;
    Known info;
    if (!doubles_from(args[1], &values)) return NULL;
    if (!known_from(args[3], args[4], &info)) { PyBuffer_Release(&values); return NULL; }
    /* Python code ran until here, and a list can shrink. */
    size_t count = (size_t)PyList_GET_SIZE(args[0]);
    size_t all = (size_t)(values.len / 8), each = count ? all / count : 0;
    Out out = {PyMem_Calloc(1, 4096), 4096, 0, 0};
    PyObject *result = NULL;
    if (!out.d || count == 0 || count > 65536 || each * count != all) goto done;
    uint8_t head[3] = {flexric ? 0x20 : 0, (uint8_t)((count - 1) >> 8), (uint8_t)(count - 1)};
    append(&out, head, 3);
    for (size_t k = 0; k < count; k++) {
        PyObject *name = PyList_GET_ITEM(args[0], (Py_ssize_t)k);
        if (!PyTuple_Check(name) || PyTuple_GET_SIZE(name) != 3 || !PyBytes_Check(PyTuple_GET_ITEM(name, 2))) {
            PyErr_SetString(PyExc_TypeError, "a UE is (head, bits, octets)");
            goto done;
        }
        unsigned long value = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(name, 0));
        unsigned long width = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(name, 1));
        if (PyErr_Occurred()) goto done;
        if (width > 16 || value >> width) { PyErr_SetString(PyExc_ValueError, "a UE's head has up to 16 bits"); goto done; }
        PyObject *tail = PyTuple_GET_ITEM(name, 2);
        put(&out, (uint32_t)value, (unsigned)width);
        append(&out, (const uint8_t *)PyBytes_AS_STRING(tail), (size_t)PyBytes_GET_SIZE(tail));
        uint8_t report[3] = {info.there ? 0x40 : 0, 0, 0};
        append(&out, report, 3);
        if (!put_record(&out, (const uint8_t *)values.buf + k * each * sizeof(double), each)) goto done;
        if (info.there) put_bits(&out, info.view.buf, info.bits);
        if (out.failed) goto done;
    }
    size_t size = (out.bit + 7) >> 3;
    if (flexric) {
        result = PyBytes_FromStringAndSize((const char *)out.d, (Py_ssize_t)size);
        goto done;
    }
    /* Format 3 is an extension alternative: an open type, in fragments of up to 64 KiB where it is long. */
    size_t pieces = size / FRAGMENT;
    result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(2 + size + pieces + 2));
    if (!result) goto done;
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(result), *from = out.d;
    *to++ = 0x40;
    *to++ = 0;
    size_t left = size;
    while (left >= FRAGMENT) {
        size_t blocks = left / FRAGMENT > 4 ? 4 : left / FRAGMENT;
        *to++ = (uint8_t)(0xC0 | blocks);
        memcpy(to, from, blocks * FRAGMENT);
        to += blocks * FRAGMENT;
        from += blocks * FRAGMENT;
        left -= blocks * FRAGMENT;
    }
    if (left < 128) *to++ = (uint8_t)left;
    else { *to++ = (uint8_t)(0x80 | left >> 8); *to++ = (uint8_t)left; }
    memcpy(to, from, left);
    to += left;
    _PyBytes_Resize(&result, (Py_ssize_t)(to - (uint8_t *)PyBytes_AS_STRING(result)));
done:
    PyMem_Free(out.d);
    known_done(&info);
    PyBuffer_Release(&values);
    if (!result && !PyErr_Occurred()) Py_RETURN_NONE;
    return result;
}

/* ----------------------------------------------------------------------------------------------------------- E2AP */

/* The octet string inside an open type of IE `id`, criticality reject. 0 where it is not there or not plain. */
static int inside(In *in, uint8_t id, const uint8_t **p, size_t *count) {
    const uint8_t *head = octets(in, 3);
    if (!head || head[0] || head[1] != id || head[2]) return 0;
    long outer = length(in);
    if (outer < 0) return 0;
    size_t start = in->bit >> 3;
    long inner = length(in);
    if (inner < 0 || (in->bit >> 3) + (size_t)inner != start + (size_t)outer) return 0;
    *count = (size_t)inner;
    return (*p = octets(in, *count)) != NULL;
}

/* walk(data) -> (requestor, instance, function, action, sequence or None, insert, header, message, process or None), or
None for what is no plain RICindication. */
static PyObject *walk(PyObject *self, PyObject *object) {
    (void)self;
    static const uint8_t request[] = {0x00, 0x1D, 0x00, 0x05, 0x00}, function[] = {0x00, 0x05, 0x00, 0x02},
                         action[] = {0x00, 0x0F, 0x00, 0x01}, sequence[] = {0x00, 0x1B, 0x00, 0x02},
                         type[] = {0x00, 0x1C, 0x00, 0x01};
    Py_buffer data;
    if (PyObject_GetBuffer(object, &data, PyBUF_SIMPLE) < 0) return NULL;
    In in = {data.buf, (size_t)data.len, 0};
    PyObject *result = NULL;
    if (in.n < 3 || in.d[0] || in.d[1] != 0x05 || in.d[2] != 0x40) goto done;
    in.bit = 24;
    long size = length(&in);
    size_t at = in.bit >> 3;
    if (size < 0 || at + (size_t)size != in.n || (size_t)size < 29) goto done;
    const uint8_t *d = in.d + at;
    if (d[0] || memcmp(d + 3, request, 5) || memcmp(d + 12, function, 4) || memcmp(d + 18, action, 4)) goto done;
    long count = (long)big(d + 1, 2) - 6;
    long number = -1;
    size_t next = 23;
    if (memcmp(d + next, sequence, 4) == 0) {
        number = (long)big(d + next + 4, 2);
        count--;
        next += 6;
    }
    if ((size_t)size < next + 5 || memcmp(d + next, type, 4) || (d[next + 4] & ~0x40) || big(d + 16, 2) > 4095) goto done;
    int insert = d[next + 4] != 0;
    in.bit = (at + next + 5) * 8;
    const uint8_t *header, *message, *process = NULL;
    size_t header_size, message_size, process_size = 0;
    if (!inside(&in, 0x19, &header, &header_size) || !inside(&in, 0x1A, &message, &message_size)) goto done;
    if (count == 1 ? !inside(&in, 0x14, &process, &process_size) : count != 0) goto done;
    if (in.bit != in.n * 8) goto done;
    result = Py_BuildValue(
        "kkkkNNy#y#N", (unsigned long)big(d + 8, 2), (unsigned long)big(d + 10, 2), (unsigned long)big(d + 16, 2),
        (unsigned long)d[22], number < 0 ? Py_NewRef(Py_None) : PyLong_FromLong(number), PyBool_FromLong(insert),
        (const char *)header, (Py_ssize_t)header_size, (const char *)message, (Py_ssize_t)message_size,
        process ? PyBytes_FromStringAndSize((const char *)process, (Py_ssize_t)process_size) : Py_NewRef(Py_None));
done:
    PyBuffer_Release(&data);
    if (!result && !PyErr_Occurred()) Py_RETURN_NONE;
    return result;
}

/* patched(template, (offset, width, value, ...)) -> bytes: the template with each value big-endian at its place. */
static PyObject *patched(PyObject *self, PyObject *const *args, Py_ssize_t nargs) {
    (void)self;
    if (nargs < 1 || (nargs - 1) % 3 || !PyBytes_Check(args[0])) return PyErr_Format(PyExc_TypeError, "patched(bytes, offset, width, value, ...)");
    Py_ssize_t size = PyBytes_GET_SIZE(args[0]);
    /* Given the octets at once, CPython answers with an object that it shares where there is one of them. */
    PyObject *result = PyBytes_FromStringAndSize(NULL, size);
    if (!result) return NULL;
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(result);
    memcpy(to, PyBytes_AS_STRING(args[0]), (size_t)size);
    for (Py_ssize_t k = 1; k < nargs; k += 3) {
        Py_ssize_t at = PyLong_AsSsize_t(args[k]), width = PyLong_AsSsize_t(args[k + 1]);
        unsigned long long value = PyLong_AsUnsignedLongLong(args[k + 2]);
        if (PyErr_Occurred()) { Py_DECREF(result); return NULL; }
        if (at < 0 || width < 1 || width > 8 || at > size - width || (width < 8 && value >> 8 * width)) {
            Py_DECREF(result);
            return PyErr_Format(PyExc_ValueError, "%zd octets at %zd of %zd do not hold %llu", width, at, size, value);
        }
        for (Py_ssize_t n = 0; n < width; n++) to[at + n] = (uint8_t)(value >> 8 * (width - 1 - n));
    }
    return result;
}

static PyMethodDef methods[] = {
    {"decode_cell", (PyCFunction)(void (*)(void))decode_cell, METH_FASTCALL, NULL},
    {"decode_ues", (PyCFunction)(void (*)(void))decode_ues, METH_FASTCALL, NULL},
    {"decode_matched", (PyCFunction)(void (*)(void))decode_matched, METH_FASTCALL, NULL},
    {"encode_cell", (PyCFunction)(void (*)(void))encode_cell, METH_FASTCALL, NULL},
    {"encode_ues", (PyCFunction)(void (*)(void))encode_ues, METH_FASTCALL, NULL},
    {"walk", walk, METH_O, NULL},
    {"patched", (PyCFunction)(void (*)(void))patched, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_fast", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__fast(void) { return PyModule_Create(&module); }
