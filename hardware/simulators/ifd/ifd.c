/* A card reader for tests: an IFD handler that asks a Python process for every answer.
 *
 * pcscd loads this as the driver of the readers in its configuration. DEVICENAME there is "/dev/null:PATH" (pcscd wants a
 * file that exists before the colon), PATH a Unix socket on which hardware/simulators/ifd/reader.py listens. One question at a time goes over it:
 *
 *     question: op (1 byte), length (4, big-endian), bytes        answer: status (1 byte), length (4), bytes
 *
 *     'P'  is a card there?                  status 1: yes, 0: no
 *     'A'  power on or reset                 status 1, bytes: the ATR; status 0: no card
 *     'O'  power off                         status 1
 *     'T'  transmit an APDU                  status 1, bytes: the response; status 0: the card went away
 *     'C'  escape (SCardControl)             status 1, bytes: the answer; status 0: the reader does not know it
 *
 * A socket that nobody listens on is a reader that is not plugged in: pcscd lists it all the same, as UNAVAILABLE. What a real reader may do badly
 * (stall, send garbage) the Python process does. Never installed: pcscd is pointed at it by the tests' own configuration.
 */
#include <ifdhandler.h>
#include <reader.h>

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define READERS 8
#define LOOK_EVERY_MS 10
#define LOOKS_AT_START 100

static struct reader {
    DWORD lun;
    struct sockaddr_un address; /* no path: this place is free */
    int socket;                 /* -1: not plugged in */
    int looks; /* while it was not plugged in */
    pthread_mutex_t turn;
    UCHAR atr[MAX_ATR_SIZE];
    DWORD atr_length;
} readers[READERS];

static struct reader *find(DWORD lun)
{
    for (int i = 0; i < READERS; i++)
        if (readers[i].address.sun_path[0] && readers[i].lun == lun)
            return &readers[i];
    return NULL;
}

static int send_all(int s, const void *bytes, size_t count)
{
    for (const char *at = bytes; count > 0;) {
        ssize_t sent = send(s, at, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        at += sent;
        count -= (size_t)sent;
    }
    return 1;
}

static int receive_all(int s, void *bytes, size_t count)
{
    for (char *at = bytes; count > 0;) {
        ssize_t received = recv(s, at, count, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return 0;
        at += received;
        count -= (size_t)received;
    }
    return 1;
}

static int is_plugged_in(struct reader *r)
{
    if (r->socket < 0) {
        r->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(r->socket, (struct sockaddr *)&r->address, sizeof r->address) != 0) {
            close(r->socket);
            r->socket = -1;
        }
    }
    return r->socket >= 0;
}

/* Return the status of the answer, or -1 when the reader is gone. *length is the room in `answer`, then what came. */
static int ask(struct reader *r, char op, const UCHAR *bytes, DWORD count, UCHAR *answer, DWORD *length)
{
    UCHAR head[5] = {(UCHAR)op};
    uint32_t size = htonl((uint32_t)count);
    int status = -1;

    memcpy(head + 1, &size, 4);
    pthread_mutex_lock(&r->turn);
    if (is_plugged_in(r) && send_all(r->socket, head, 5) && send_all(r->socket, bytes, count) &&
        receive_all(r->socket, head, 5)) {
        memcpy(&size, head + 1, 4);
        size = ntohl(size);
        if (size <= *length && receive_all(r->socket, answer, size)) {
            *length = size;
            status = head[0];
        }
    }
    if (status < 0 && r->socket >= 0) {
        close(r->socket);
        r->socket = -1;
    }
    pthread_mutex_unlock(&r->turn);
    return status;
}

static int ask_plainly(struct reader *r, char op)
{
    DWORD length = 0;
    return ask(r, op, NULL, 0, NULL, &length);
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
    char *colon = strchr(name, ':'), *path = colon == NULL ? name : colon + 1;
    struct reader *r = NULL;

    for (int i = 0; i < READERS && r == NULL; i++)
        if (!readers[i].address.sun_path[0])
            r = &readers[i];
    if (r == NULL || strlen(path) >= sizeof r->address.sun_path)
        return IFD_COMMUNICATION_ERROR;
    *r = (struct reader){.lun = lun, .address.sun_family = AF_UNIX, .socket = -1};
    strcpy(r->address.sun_path, path);
    pthread_mutex_init(&r->turn, NULL);
    return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
    (void)lun, (void)channel;
    return IFD_COMMUNICATION_ERROR; /* only readers with a name */
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
    struct reader *r = find(lun);
    if (r == NULL)
        return IFD_NO_SUCH_DEVICE;
    if (r->socket >= 0)
        close(r->socket);
    pthread_mutex_destroy(&r->turn);
    r->address.sun_path[0] = 0;
    return IFD_SUCCESS;
}

/* pcscd calls this in place of sleeping between two looks at the reader: so a card is seen within milliseconds. */
static RESPONSECODE wait_for_a_change(DWORD lun, int timeout_ms)
{
    struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
    (void)timeout_ms;
    nanosleep(&pause, NULL);
    return find(lun) == NULL ? IFD_NO_SUCH_DEVICE : IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
    struct reader *r = find(lun);
    RESPONSECODE (*waits)(DWORD, int) = wait_for_a_change;

    switch (tag) {
    case TAG_IFD_ATR:
    case SCARD_ATTR_ATR_STRING:
        if (r == NULL || *length < r->atr_length)
            return IFD_COMMUNICATION_ERROR;
        memcpy(value, r->atr, *length = r->atr_length);
        return IFD_SUCCESS;
    case TAG_IFD_SLOTS_NUMBER:
    case TAG_IFD_THREAD_SAFE:
    case TAG_IFD_SLOT_THREAD_SAFE:
        *value = tag == TAG_IFD_SLOTS_NUMBER || tag == TAG_IFD_THREAD_SAFE;
        *length = 1;
        return IFD_SUCCESS;
    case TAG_IFD_SIMULTANEOUS_ACCESS:
        *value = READERS;
        *length = 1;
        return IFD_SUCCESS;
    case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
        if (*length < sizeof waits)
            return IFD_COMMUNICATION_ERROR;
        memcpy(value, &waits, *length = sizeof waits);
        return IFD_SUCCESS;
    default:
        return IFD_ERROR_TAG;
    }
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
    (void)lun, (void)tag, (void)length, (void)value;
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR p1, UCHAR p2, UCHAR p3)
{
    (void)lun, (void)protocol, (void)flags, (void)p1, (void)p2, (void)p3;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
    struct reader *r = find(lun);
    if (r == NULL)
        return IFD_NO_SUCH_DEVICE;
    *length = r->atr_length = 0;
    if (action == IFD_POWER_DOWN)
        return ask_plainly(r, 'O') < 0 ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
    DWORD room = MAX_ATR_SIZE;
    if (ask(r, 'A', NULL, 0, r->atr, &room) != 1)
        return IFD_ERROR_POWER_ACTION;
    memcpy(atr, r->atr, *length = r->atr_length = room);
    return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER to, PUCHAR apdu, DWORD apdu_length, PUCHAR response,
                               PDWORD length, PSCARD_IO_HEADER from)
{
    struct reader *r = find(lun);
    if (r == NULL)
        return IFD_NO_SUCH_DEVICE;
    if (from != NULL)
        from->Protocol = to.Protocol;
    if (ask(r, 'T', apdu, apdu_length, response, length) != 1) {
        *length = 0;
        return IFD_COMMUNICATION_ERROR;
    }
    return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR bytes, DWORD count, PUCHAR answer, DWORD room, LPDWORD length)
{
    struct reader *r = find(lun);
    *length = room;
    if (r == NULL)
        return IFD_NO_SUCH_DEVICE;
    if (code != SCARD_CTL_CODE(1) || ask(r, 'C', bytes, count, answer, length) != 1) {
        *length = 0;
        return IFD_ERROR_NOT_SUPPORTED;
    }
    return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
    struct reader *r = find(lun);
    switch (r == NULL ? -1 : ask_plainly(r, 'P')) {
    case 1:
        return IFD_ICC_PRESENT;
    case 0:
        return IFD_ICC_NOT_PRESENT;
    default:
        /* pcscd forgets a reader that fails at its first look; and it signals itself when one is gone, which kills it
         * while it is still starting. So every reader is there for a second. */
        return r != NULL && r->looks++ < LOOKS_AT_START ? IFD_ICC_NOT_PRESENT : IFD_NO_SUCH_DEVICE;
    }
}
