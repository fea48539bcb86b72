// SPDX-License-Identifier: MIT
/* stream.c - streams: queues of commands, and the threads that carry them out.
 *
 * A stream is a list of commands: launches, copies, event records and so on, done one after the
 * other. Different streams go on side by side. All of it stands under one lock, which is held only
 * to look at lists, never while a command is carried out.
 *
 * Who carries out commands?
 *   workers     up to CUSIM_THREADS threads, made when first needed. A launch of many blocks is
 *               taken up by all of them: each takes blocks from launch->next until none is left.
 *   host        a thread of the program that waits for a stream does not sleep while there is work
 *               that it could do itself: it carries out the commands at the head of the stream. So
 *               a small launch with a wait costs no change of threads, which is worth 20 to 40 us.
 *   one thread  for host functions alone, since they may block.
 *
 * When is a worker woken? For large commands at once. For small ones that would cost more than the
 * work itself if the host is about to wait for them anyway; but they must start without the host,
 * too. So while there has been work of late, one worker, the poller, looks every POLL_NS whether a
 * small command has waited longer than FRESH_NS; after IDLE_POLLS looks in vain it sleeps, and the
 * next command wakes it.
 *
 * Order between streams is by number: commands are numbered as they are submitted. Stream 0 waits
 * for all commands with smaller numbers in the context's blocking streams, and these for stream
 * 0's, which is the rule of the legacy default stream. With CUSIM_SCHEDULE=inorder each command
 * waits for all smaller numbers, wherever they are. */
#include "stream.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

enum { FRESH_NS = 20000, POLL_NS = 50000, SOON_NS = 100000, SPIN_NS = 30000, IDLE_POLLS = 20 };
enum { MAX_WORKERS = 1024, MAX_BLOCKERS = 64 };

/* Held for less than a microsecond: spinning a little is cheaper than sleeping. */
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
static pthread_mutex_t lock = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
#else
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#endif
static pthread_cond_t wake_sleeper = PTHREAD_COND_INITIALIZER;
static pthread_cond_t wake_poller;                            /* on the monotonic clock: init() */
static pthread_cond_t wake_caller = PTHREAD_COND_INITIALIZER; /* the thread of host functions */
static pthread_cond_t progress = PTHREAD_COND_INITIALIZER;    /* a command has been completed */

static CusimStream *active;          /* streams that have commands */
static uint64_t last_number;         /* of the newest command */
static uint64_t last_stream;         /* id of the newest stream */
static _Atomic uint64_t n_completed; /* commands, ever */
static int n_waiting;                /* host threads that sleep until there is progress */
static int n_sleeping;               /* workers without a poll */
static bool polling;                 /* there is a poller, */
static uint64_t poll_at;             /* which looks again at this time */
static _Atomic bool quitting;
static int n_busy;       /* threads that are carrying out a command, but for host functions */
static bool caller_left; /* the process ends from within a host function */

static pthread_t workers[MAX_WORKERS], caller;
static int n_workers;
static bool has_caller;
static int caller_busy;

/* CusimWorkers: what a thread needs to run blocks. Those that no thread has, and all of them. */
static CusimWorker *spare[MAX_WORKERS], *worker_states[MAX_WORKERS];
static int n_spare, n_worker_states;

static _Thread_local bool in_host_function;

bool cusim_in_host_function(void) { return in_host_function; }
bool cusim_quitting(void) { return atomic_load_explicit(&quitting, memory_order_relaxed); }

uint64_t cusim_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- Records ---- */

CusimMark *cusim_mark_new(void) {
    CusimMark *mark = calloc(1, sizeof *mark);
    if (mark) atomic_store(&mark->references, 1);
    return mark;
}

void cusim_mark_keep(CusimMark *mark) { atomic_fetch_add(&mark->references, 1); }

void cusim_mark_drop(CusimMark *mark) {
    if (mark && atomic_fetch_sub(&mark->references, 1) == 1) free(mark);
}

/* ---- Commands ---- */

CusimCommand *cusim_command_new(CusimCommandKind kind) {
    CusimCommand *command = calloc(1, sizeof *command);
    if (command) command->kind = kind;
    return command;
}

CusimCommand *cusim_command_new_launch(size_t param_bytes) {
    size_t head = (sizeof(CusimLaunch) + 63) & ~(size_t)63;
    size_t bytes = head + ((param_bytes + 64) & ~(size_t)63);
    CusimCommand *command = cusim_command_new(CUSIM_COMMAND_LAUNCH);
    CusimLaunch *launch = command ? aligned_alloc(64, bytes) : NULL;
    if (!launch) {
        free(command);
        return NULL;
    }
    memset(launch, 0, bytes);
    launch->params = (uint8_t *)launch + head;
    command->launch = launch;
    return command;
}

void cusim_command_free(CusimCommand *command) {
    if (!command) return;
    switch (command->kind) {
    case CUSIM_COMMAND_LAUNCH: free(command->launch); break;
    case CUSIM_COMMAND_TRANSFER: free(command->transfer.staged); break;
    case CUSIM_COMMAND_RECORD:
    case CUSIM_COMMAND_WAIT: cusim_mark_drop(command->mark); break;
    default: break;
    }
    free(command);
}

static bool is_for_caller(const CusimCommand *c) {
    return c->kind == CUSIM_COMMAND_HOST || c->kind == CUSIM_COMMAND_CALLBACK;
}

static void fail_context(CusimContext *context, CUresult code) {
    int none = CUDA_SUCCESS;
    atomic_compare_exchange_strong(&context->error, &none, (int)code);
}

/* The process is ending, and nothing runs any more that could use what the program frees. */
static bool over(void) { return quitting && !n_busy && (!caller_busy || caller_left); }

/* ---- What may start. All functions from here on need the lock, unless they say otherwise ---- */

/* The stream whose head must be done before a command numbered so may start in this one; NULL:
 * none. */
static CusimStream *blocker_of(CusimStream *stream, uint64_t number) {
    if (cusim_settings()->in_order) {
        CusimStream *first = NULL;
        for (CusimStream *s = active; s; s = s->next)
            if (s->head->number < number && (!first || s->head->number < first->head->number))
                first = s;
        return first;
    }
    if (stream->legacy) {
        for (CusimStream *s = active; s; s = s->next)
            if (s->blocking && s->context == stream->context && s->head->number < number) return s;
    } else if (stream->blocking) {
        CusimStream *legacy = stream->context->legacy;
        if (legacy && legacy->head && legacy->head->number < number) return legacy;
    }
    return NULL;
}

/* The same for a command at the head of its stream, with what the command itself waits for. */
static CusimStream *blocker(const CusimCommand *c) {
    CusimStream *stream = blocker_of(c->stream, c->number);
    if (!stream && c->kind == CUSIM_COMMAND_WAIT && !atomic_load(&c->mark->done))
        stream = c->mark->stream;
    return stream;
}

static bool joinable(const CusimCommand *c) {
    return c->kind == CUSIM_COMMAND_LAUNCH && c->begun && !c->ending && !c->finished &&
           !cusim_settings()->in_order && c->helpers < cusim_settings()->threads &&
           !atomic_load_explicit(&c->launch->stop, memory_order_relaxed) &&
           atomic_load_explicit(&c->launch->next, memory_order_relaxed) < c->launch->n_blocks;
}

/* ---- Lists ---- */

static void unlink_sibling(CusimStream *stream) {
    for (CusimStream **s = &stream->context->streams; *s; s = &(*s)->sibling)
        if (*s == stream) {
            *s = stream->sibling;
            return;
        }
}

static void free_if_over(CusimStream *stream) {
    if (!stream->destroyed || stream->head || stream->pins) return;
    unlink_sibling(stream);
    free(stream);
}

static void append(CusimStream *stream, CusimCommand *c) {
    if (stream->tail) {
        stream->tail->next = c;
    } else {
        stream->head = c;
        stream->previous = NULL;
        stream->next = active;
        if (active) active->previous = stream;
        active = stream;
    }
    stream->tail = c;
}

/* Take a completed command off the head of its stream. */
static void pop(CusimCommand *c) {
    CusimStream *stream = c->stream;
    stream->head = c->next;
    if (!stream->head) {
        stream->tail = NULL;
        if (stream->previous) stream->previous->next = stream->next;
        else active = stream->next;
        if (stream->next) stream->next->previous = stream->previous;
    }
    atomic_fetch_add_explicit(&n_completed, 1, memory_order_release);
    cusim_command_free(c);
    free_if_over(stream);
}

/* Records and waits need no thread: complete those at heads that may start, until there are none.
 * */
static void advance(void) {
    bool again = true, call = false;
    while (again) {
        again = false;
        for (CusimStream *s = active, *next; s; s = next) {
            next = s->next;
            CusimCommand *c = s->head;
            if (c->running || blocker(c)) continue;
            if (c->kind == CUSIM_COMMAND_RECORD) {
                c->mark->time_ns = cusim_now_ns();
                atomic_store_explicit(&c->mark->done, true, memory_order_release);
            } else if (c->kind != CUSIM_COMMAND_WAIT) {
                call = call || is_for_caller(c);
                continue;
            }
            pop(c);
            again = true;
            break; /* the list has changed */
        }
    }
    if (call) pthread_cond_signal(&wake_caller);
}

/* ---- Waking ---- */

static void *worker_main(void *unused);

static bool start_thread(pthread_t *thread, void *(*main)(void *)) {
    sigset_t all, before; /* signals are for the program's own threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, NULL, main, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void stop_all(void);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void init(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&wake_poller, &attributes);
    pthread_condattr_destroy(&attributes);
    atexit(stop_all);
}

/* Some thread shall look for work now. */
static void kick(void) {
    if (polling) pthread_cond_signal(&wake_poller);
    else if (n_sleeping) pthread_cond_signal(&wake_sleeper);
    else if (n_workers < cusim_settings()->threads && n_workers < MAX_WORKERS && !quitting)
        n_workers += start_thread(&workers[n_workers], worker_main);
}

/* Some thread shall look for work soon. */
static void kick_soon(uint64_t now) {
    if (!polling || poll_at > now + SOON_NS) kick();
}

/* ---- Carrying out commands ---- */

static CusimWorker *take_worker(void) {
    if (n_spare) return spare[--n_spare];
    if (n_worker_states >= MAX_WORKERS) return NULL;
    CusimWorker *worker = cusim_worker_new(n_worker_states);
    if (worker) worker_states[n_worker_states++] = worker;
    return worker;
}

static void return_worker(CusimWorker *worker) { spare[n_spare++] = worker; }

/* A command has been carried out. */
static void complete(CusimCommand *c) {
    pop(c);
    advance();
    if (n_waiting) pthread_cond_broadcast(&progress);
    if (active) {
        bool large = false;
        for (CusimStream *s = active; s && !large; s = s->next)
            large = !s->head->running && !s->head->small && !is_for_caller(s->head);
        if (large) kick();
        else kick_soon(cusim_now_ns());
    }
}

/* Blocks of a launch, until there are none; the lock is given back meanwhile. */
static void work_on_launch(CusimCommand *c, CusimWorker *worker) {
    CusimContext *context = c->stream->context;
    bool first = !c->running;
    c->running = true;
    c->helpers++;
    if (first) {
        pthread_mutex_unlock(&lock);
        CUresult result = (CUresult)atomic_load(&context->error);
        if (result == CUDA_SUCCESS)
            result = cusim_quitting() ? CUDA_ERROR_DEINITIALIZED : cusim_launch_begin(c->launch);
        if (result != CUDA_SUCCESS) fail_context(context, result);
        pthread_mutex_lock(&lock);
        if (result != CUDA_SUCCESS) {
            c->helpers--;
            complete(c);
            return;
        }
        c->begun = true;
        if (quitting) atomic_store(&c->launch->stop, true);
    }
    if (!c->small && joinable(c)) kick();
    pthread_mutex_unlock(&lock);
    bool finished = cusim_launch_work(c->launch, worker);
    pthread_mutex_lock(&lock);
    c->finished = c->finished || finished || atomic_load(&c->launch->stop);
    if (--c->helpers > 0) return;
    if (!c->finished) {
        kick();
        return;
    }
    c->ending = true;
    pthread_mutex_unlock(&lock);
    cusim_launch_end(c->launch); /* first the report, then the error: whoever sees it looks there */
    if (atomic_load(&c->launch->failure_set)) fail_context(context, c->launch->failure.code);
    else if (atomic_load(&c->launch->stop)) fail_context(context, CUDA_ERROR_DEINITIALIZED);
    pthread_mutex_lock(&lock);
    complete(c);
}

static void call_host(CusimCommand *c) {
    CUresult error = (CUresult)atomic_load(&c->stream->context->error);
    in_host_function = true;
    if (c->kind == CUSIM_COMMAND_CALLBACK) c->host.callback(c->host.handle, error, c->host.data);
    else if (error == CUDA_SUCCESS) c->host.function(c->host.data);
    in_host_function = false;
}

static void carry_out_here(CusimCommand *c, CusimWorker *worker) {
    if (c->kind == CUSIM_COMMAND_LAUNCH) {
        work_on_launch(c, worker);
        return;
    }
    c->running = true;
    pthread_mutex_unlock(&lock);
    bool failed = atomic_load(&c->stream->context->error) != CUDA_SUCCESS;
    if (is_for_caller(c)) call_host(c);
    else if (c->kind == CUSIM_COMMAND_FREE) (void)cusim_pool_free(c->address);
    else if (!failed) cusim_transfer_run(&c->transfer);
    pthread_mutex_lock(&lock);
    complete(c);
}

/* Any command that may start, or a launch that may be joined. */
static void carry_out(CusimCommand *c, CusimWorker *worker) {
    int *n = is_for_caller(c) ? &caller_busy : &n_busy;
    ++*n;
    carry_out_here(c, worker);
    --*n;
    if (quitting) pthread_cond_broadcast(&progress);
}

/* ---- Workers ---- */

/* What a worker should do next; NULL: nothing, or nothing yet. */
static CusimCommand *choose(uint64_t now) {
    CusimCommand *best = NULL;
    for (CusimStream *s = active; s; s = s->next) {
        CusimCommand *c = s->head;
        if (c->running) {
            if (!joinable(c)) continue;
        } else {
            if (is_for_caller(c) || blocker(c)) continue;
            if (c->small && (s->hosts || now < c->submitted_ns + FRESH_NS)) continue;
        }
        if (!best || s->priority < best->stream->priority ||
            (s->priority == best->stream->priority && c->number < best->number))
            best = c;
    }
    return best;
}

/* Wait as the poller, for a time that grows while nothing happens. */
static void poll(uint64_t now, int idle) {
    poll_at = now + ((uint64_t)POLL_NS << (idle / 8 < 5 ? idle / 8 : 5));
    struct timespec until = {.tv_sec = (time_t)(poll_at / 1000000000u),
                             .tv_nsec = (long)(poll_at % 1000000000u)};
    polling = true;
    pthread_cond_timedwait(&wake_poller, &lock, &until);
    polling = false;
}

static void *worker_main(void *unused) {
    (void)unused;
    (void)prctl(PR_SET_TIMERSLACK, 1000ul, 0ul, 0ul,
                0ul); /* ns; the default of 50 us is a long time */
    pthread_mutex_lock(&lock);
    CusimWorker *worker = take_worker();
    int idle = 0;
    uint64_t seen = 0;
    while (worker && !quitting) {
        uint64_t now = cusim_now_ns();
        CusimCommand *c = choose(now);
        if (c) {
            if (active->next) kick_soon(now); /* somebody must look after the other streams */
            carry_out(c, worker);
            idle = 0;
            continue;
        }
        if (seen != last_number) idle = 0;
        seen = last_number;
        if (!polling && (active || idle < IDLE_POLLS)) {
            poll(now, idle++);
        } else {
            n_sleeping++;
            pthread_cond_wait(&wake_sleeper, &lock);
            n_sleeping--;
            idle = 0;
        }
    }
    if (worker) return_worker(worker);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* The thread of host functions. */
static void *caller_main(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    while (!quitting) {
        CusimCommand *next = NULL;
        for (CusimStream *s = active; s; s = s->next)
            if (is_for_caller(s->head) && !s->head->running && !blocker(s->head) &&
                (!next || s->head->number < next->number))
                next = s->head;
        if (next) {
            carry_out(next, NULL);
        } else {
            pthread_cond_wait(&wake_caller, &lock);
        }
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* At exit: kernels that are still running are stopped, and threads end. A thread that is inside a
 * function of the program is left alone. Threads of the program may be inside a call that waits:
 * they come back when nothing runs any more, since what they do next may be to free it. */
static void stop_all(void) {
    if (cusim_is_forked()) return;
    pthread_mutex_lock(&lock);
    atomic_store(&quitting, true);
    for (CusimStream *s = active; s; s = s->next)
        if (s->head->kind == CUSIM_COMMAND_LAUNCH && s->head->begun)
            atomic_store(&s->head->launch->stop, true);
    pthread_cond_broadcast(&wake_sleeper);
    pthread_cond_broadcast(&wake_poller);
    pthread_cond_broadcast(&wake_caller);
    pthread_cond_broadcast(&progress);
    caller_left = has_caller && pthread_equal(caller, pthread_self());
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 2;
    while (n_busy && pthread_cond_timedwait(&progress, &lock, &until) != ETIMEDOUT) {
    }
    int n = n_workers;
    bool join_caller = has_caller && !caller_busy;
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < n; i++)
        if (!pthread_equal(workers[i], pthread_self()))
            pthread_timedjoin_np(workers[i], NULL, &until);
    if (join_caller) pthread_timedjoin_np(caller, NULL, &until);
    pthread_mutex_lock(&lock);
    while (n_spare) cusim_worker_free(spare[--n_spare]);
    pthread_mutex_unlock(&lock);
}

/* ---- For the calls of the API: these take the lock ---- */

CusimStream *cusim_stream_new(CusimContext *context, unsigned flags, int priority, bool legacy) {
    pthread_once(&once, init);
    CusimStream *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->context = context;
    stream->flags = flags;
    stream->priority = priority;
    stream->legacy = legacy;
    stream->blocking = !legacy && !(flags & CU_STREAM_NON_BLOCKING);
    pthread_mutex_lock(&lock);
    stream->id = ++last_stream;
    stream->sibling = context->streams;
    context->streams = stream;
    pthread_mutex_unlock(&lock);
    return stream;
}

void cusim_stream_destroy(CusimStream *stream) {
    pthread_mutex_lock(&lock);
    stream->destroyed = true;
    free_if_over(stream);
    pthread_mutex_unlock(&lock);
}

CUresult cusim_submit(CusimStream *stream, CusimCommand *c) {
    c->stream = stream;
    pthread_mutex_lock(&lock);
    if (quitting) {
        pthread_mutex_unlock(&lock);
        cusim_command_free(c);
        return CUDA_ERROR_DEINITIALIZED;
    }
    if (is_for_caller(c) && !has_caller) has_caller = start_thread(&caller, caller_main);
    c->number = ++last_number;
    c->submitted_ns = cusim_now_ns();
    if (c->kind == CUSIM_COMMAND_RECORD) c->mark->stream = stream;
    bool small = c->small, trivial = c->kind == CUSIM_COMMAND_RECORD ||
                                     c->kind == CUSIM_COMMAND_WAIT || is_for_caller(c);
    uint64_t now = c->submitted_ns;
    bool first = !stream->head;
    append(stream, c);
    if (first) advance();
    if (stream->head && !trivial) {
        if (first && !small) kick();
        else kick_soon(now);
    }
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

/* Until some command is completed, or a little less. */
static void wait_for_progress(CusimStream *stream) {
    uint64_t before = atomic_load(&n_completed);
    pthread_mutex_unlock(&lock);
    uint64_t end = cusim_now_ns() + SPIN_NS;
    while (atomic_load_explicit(&n_completed, memory_order_acquire) == before &&
           cusim_now_ns() < end)
        for (int i = 0; i < 16; i++) {
#if defined(__x86_64__) || defined(__i386__)
            __builtin_ia32_pause();
#else
            __asm__ volatile("" ::: "memory");
#endif
        }
    pthread_mutex_lock(&lock);
    if (atomic_load(&n_completed) != before || over()) return;
    stream->hosts--; /* a sleeping thread helps nobody */
    n_waiting++;
    kick_soon(cusim_now_ns());
    pthread_cond_wait(&progress, &lock);
    n_waiting--;
    stream->hosts++;
}

/* A host thread waits for the head of a stream: carry it out, or what it waits for, or wait. */
static void help(CusimStream *stream) {
    CusimStream *at = stream, *next;
    for (int i = 0; i < MAX_BLOCKERS && !at->head->running && (next = blocker(at->head)); i++)
        at = next;
    CusimCommand *c = at->head;
    bool can = !quitting && (c->running ? joinable(c) : !is_for_caller(c) && !blocker(c));
    CusimWorker *worker = can ? take_worker() : NULL;
    if (!worker) {
        wait_for_progress(stream);
        return;
    }
    carry_out(c, worker);
    return_worker(worker);
}

static void begin_helping(CusimStream *stream) {
    stream->pins++;
    stream->hosts++;
}

static void end_helping(CusimStream *stream) {
    stream->pins--;
    stream->hosts--;
    free_if_over(stream);
    if (active) kick_soon(cusim_now_ns());
}

static void wait_until(CusimStream *stream, uint64_t number) {
    begin_helping(stream);
    while (stream->head && stream->head->number <= number && !over()) help(stream);
    end_helping(stream);
}

/* A stream that has a command of at most that number, which a wait for this stream must wait for.
 * */
static CusimStream *unfinished(CusimStream *stream, uint64_t number) {
    if (stream->head && stream->head->number <= number) return stream;
    return stream->legacy ? blocker_of(stream, number + 1) : NULL;
}

CUresult cusim_stream_wait(CusimStream *stream) {
    pthread_mutex_lock(&lock);
    uint64_t number = last_number;
    stream->pins++;
    CusimStream *s;
    while ((s = unfinished(stream, number)) && !over()) wait_until(s, number);
    CUresult result = s ? CUDA_ERROR_DEINITIALIZED : (CUresult)atomic_load(&stream->context->error);
    stream->pins--;
    free_if_over(stream);
    pthread_mutex_unlock(&lock);
    return result;
}

bool cusim_stream_busy(CusimStream *stream) {
    pthread_mutex_lock(&lock);
    bool busy = unfinished(stream, last_number) != NULL;
    if (busy) kick_soon(cusim_now_ns());
    pthread_mutex_unlock(&lock);
    return busy;
}

static CusimStream *unfinished_in(CusimContext *context, uint64_t number) {
    for (CusimStream *s = active; s; s = s->next)
        if (s->context == context && s->head->number <= number) return s;
    return NULL;
}

CUresult cusim_context_wait(CusimContext *context) {
    pthread_mutex_lock(&lock);
    uint64_t number = last_number;
    CusimStream *s;
    while ((s = unfinished_in(context, number)) && !over()) wait_until(s, number);
    pthread_mutex_unlock(&lock);
    return s ? CUDA_ERROR_DEINITIALIZED : (CUresult)atomic_load(&context->error);
}

bool cusim_mark_wait(CusimMark *mark) {
    if (atomic_load_explicit(&mark->done, memory_order_acquire)) return true;
    pthread_mutex_lock(&lock);
    while (!atomic_load(&mark->done) && !over()) {
        CusimStream *stream = mark->stream;
        begin_helping(stream);
        help(stream);
        end_helping(stream);
    }
    pthread_mutex_unlock(&lock);
    return atomic_load(&mark->done);
}

CUresult cusim_transfer_now(CusimStream *stream, const CusimTransfer *transfer) {
    pthread_mutex_lock(&lock);
    bool at_once = !stream->head && !blocker_of(stream, last_number + 1);
    pthread_mutex_unlock(&lock);
    if (at_once) {
        cusim_transfer_run(transfer);
        return (CUresult)atomic_load(&stream->context->error);
    }
    CusimCommand *c = cusim_command_new(CUSIM_COMMAND_TRANSFER);
    if (!c) return CUDA_ERROR_OUT_OF_MEMORY;
    c->transfer = *transfer;
    c->small = true; /* this thread is about to help */
    CUSIM_TRY(cusim_submit(stream, c));
    return cusim_stream_wait(stream);
}

void cusim_streams_destroy(CusimContext *context) {
    (void)cusim_context_wait(context);
    pthread_mutex_lock(&lock);
    for (CusimStream *s = context->streams, *next; s; s = next) {
        next = s->sibling;
        if (s->handle) (void)cusim_handle_drop(CUSIM_HANDLE_STREAM, s->handle);
        s->destroyed = true;
        free_if_over(s);
    }
    context->legacy = NULL;
    pthread_mutex_unlock(&lock);
}
