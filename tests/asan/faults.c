/* Faults on purpose: what shows that the sanitizers are awake. Each is what it says, and nothing uses the result. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>

static void *volatile lost;
static volatile int sink;

/* past(n) -> the octet after n octets of memory. */
static PyObject *past(PyObject *self, PyObject *count) {
    (void)self;
    Py_ssize_t size = PyLong_AsSsize_t(count);
    if (PyErr_Occurred()) return NULL;
    uint8_t *memory = calloc(1, (size_t)size);
    if (!memory) return PyErr_NoMemory();
    sink = memory[size];
    free(memory);
    Py_RETURN_NONE;
}

/* leak(n) -> None: n octets that nothing points at any more. */
static PyObject *leak(PyObject *self, PyObject *count) {
    (void)self;
    Py_ssize_t size = PyLong_AsSsize_t(count);
    if (PyErr_Occurred()) return NULL;
    lost = malloc((size_t)size);
    lost = NULL;
    Py_RETURN_NONE;
}

/* kept(o) -> o, with a reference too many. */
static PyObject *kept(PyObject *self, PyObject *object) {
    (void)self;
    Py_INCREF(object);
    return Py_NewRef(object);
}

/* held(o) -> None: a view of its buffer that is never released. */
static PyObject *held(PyObject *self, PyObject *object) {
    (void)self;
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0) return NULL;
    Py_RETURN_NONE;
}

/* shifted(n) -> None: 1 shifted by n, which has no meaning from 32 on. */
static PyObject *shifted(PyObject *self, PyObject *count) {
    (void)self;
    int width = (int)PyLong_AsLong(count);
    if (PyErr_Occurred()) return NULL;
    sink = 1 << width;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"past", past, METH_O, NULL},   {"leak", leak, METH_O, NULL},       {"kept", kept, METH_O, NULL},
    {"held", held, METH_O, NULL},   {"shifted", shifted, METH_O, NULL}, {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "faults", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_faults(void) { return PyModule_Create(&module); }
