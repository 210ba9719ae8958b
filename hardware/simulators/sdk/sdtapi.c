/* A vendor's library, as far as this product calls one: the sdtapi functions over a simulated module.
 *
 * Each command goes as a bare SAM frame to the Unix socket /run/hongtu-gate-sdk-PORT, on which
 * hardware/simulators/sdk/reader.py listens. Built by the tests into build/, never shipped.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PORT_ERROR 1
#define MAX_ANSWER 70000

static int line = -1;

static int receive_all(unsigned char *at, size_t count)
{
    while (count > 0) {
        ssize_t received = recv(line, at, count, 0);
        if (received <= 0)
            return 0;
        at += received;
        count -= (size_t)received;
    }
    return 1;
}

/* Return SW3 and the answer's data, or PORT_ERROR. */
static int ask(unsigned char cmd, unsigned char para, unsigned char *data, size_t *length)
{
    static unsigned char answer[MAX_ANSWER];
    unsigned char frame[10] = {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, cmd, para, (unsigned char)(3 ^ cmd ^ para)};

    if (line < 0 || send(line, frame, sizeof frame, MSG_NOSIGNAL) != sizeof frame || !receive_all(answer, 7))
        return PORT_ERROR;
    size_t size = (size_t)answer[5] << 8 | answer[6];
    if (size < 4 || !receive_all(answer + 7, size))
        return PORT_ERROR;
    *length = size - 4;
    memcpy(data, answer + 10, *length);
    return answer[9];
}

int SDT_OpenPort(int port)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/run/hongtu-gate-sdk-%d", port);
    line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(line, (struct sockaddr *)&address, sizeof address) != 0) {
        close(line);
        line = -1;
        return PORT_ERROR;
    }
    return 0x90;
}

int SDT_ClosePort(int port)
{
    (void)port;
    if (line >= 0)
        close(line);
    line = -1;
    return 0x90;
}

int SDT_GetSAMStatus(int port, int open)
{
    unsigned char nothing[MAX_ANSWER];
    size_t length;
    (void)port, (void)open;
    return ask(0x11, 0xFF, nothing, &length);
}

int SDT_GetSAMID(int port, unsigned char *id, int open)
{
    size_t length;
    (void)port, (void)open;
    return ask(0x12, 0xFF, id, &length);
}

int SDT_StartFindIDCard(int port, unsigned char *iin, int open)
{
    size_t length;
    (void)port, (void)open;
    return ask(0x20, 0x01, iin, &length);
}

int SDT_SelectIDCard(int port, unsigned char *sn, int open)
{
    size_t length;
    (void)port, (void)open;
    return ask(0x20, 0x02, sn, &length);
}

int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned *text_length, unsigned char *photo, unsigned *photo_length,
                    int open)
{
    unsigned char data[MAX_ANSWER];
    size_t length = 0;
    (void)port, (void)open;
    int code = ask(0x30, 0x01, data, &length);
    if (code != 0x90 || length < 4)
        return code;
    *text_length = (unsigned)(data[0] << 8 | data[1]);
    *photo_length = (unsigned)(data[2] << 8 | data[3]);
    memcpy(text, data + 4, *text_length);
    memcpy(photo, data + 4 + *text_length, *photo_length);
    return code;
}
