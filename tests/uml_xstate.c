/* Preloaded into linux.uml, which keeps 2,696 octets of a process's extended registers (XSAVE) while a processor with
 * AMX has 11,008: Linux takes back the whole state or none (PTRACE_SETREGSET fails with EFAULT, and the guest's init
 * dies). What linux.uml does not keep, its guests do not use: it is given back as it stands. */
#define _GNU_SOURCE
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

long ptrace(enum __ptrace_request request, ...)
{
    /* PTRACE_PEEK* returns what it read, and in the C library through a pointer of its own. */
    long peeked = 0;
    /* Not on the stack, which is a guest kernel's of a few pages; only the thread that traces comes here. */
    static char whole[65536];
    struct iovec all = {whole, sizeof whole};
    va_list rest;
    va_start(rest, request);
    pid_t pid = va_arg(rest, pid_t);
    void *addr = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);

    if (request == PTRACE_SETREGSET && (long)addr == NT_X86_XSTATE) {
        struct iovec *part = data;
        if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, addr, &all) == 0 && all.iov_len > part->iov_len) {
            memcpy(whole, part->iov_base, part->iov_len);
            data = &all;
        }
    }
    int peeks = request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER;
    long result = syscall(SYS_ptrace, request, pid, addr, peeks ? &peeked : data);
    return peeks && result == 0 ? peeked : result;
}
