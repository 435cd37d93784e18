/* SPDX-License-Identifier: MIT */
/* nxsSetCommandArgument and nxsSetCommandScalar. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/argname.h"
#include "plugin/buffer.h"
#include "plugin/command.h"
#include "plugin/datatype.h"
#include "plugin/program.h"
#include "pool/tt_log.h"

/* Something that shapes the code has changed: build anew when next needed. */
static void drop_program_locked(struct tt_command *cmd)
{
    tt_program_put(cmd->program);
    cmd->program = NULL;
}

static void set_arg_locked(struct tt_command *cmd, nxs_int index,
                           const struct tt_arg *arg)
{
    struct tt_arg *old = &cmd->args[index];

    /* words and addresses are read at run time, accessors are compiled in */
    if (old->kind != arg->kind || old->data_type != arg->data_type ||
        old->page_stride != arg->page_stride ||
        memcmp(&old->spread, &arg->spread, sizeof old->spread) != 0)
        drop_program_locked(cmd);
    *old = *arg;
    if ((unsigned)index >= cmd->n_args)
        cmd->n_args = (unsigned)index + 1;
}

static bool is_before(const struct tt_role_item *a,
                      const struct tt_role_item *b)
{
    if (a->index != b->index)
        return a->index < b->index;
    if (a->roles != b->roles)
        return a->roles > b->roles; /* "CTA" before "READER_CTA" */
    return a->kind < b->kind;
}

/* The words of "..ARG" are read at run time; only what types its buffers have
 * goes into the code, as formats of circular buffers. @old: NULL if new. */
static bool shapes_code(const struct tt_role_item *old,
                        const struct tt_role_item *item)
{
    if (item->kind != TT_ARGNAME_ARG)
        return true;
    if (!old)
        return item->arg.kind == TT_ARG_BUFFER;
    return old->arg.kind != item->arg.kind ||
           old->arg.data_type != item->arg.data_type;
}

static nxs_status set_item_locked(struct tt_command *cmd,
                                  const struct tt_role_item *item)
{
    size_t at = 0;
    struct tt_role_item *items;
    bool is_new;

    while (at < cmd->n_items && is_before(&cmd->items[at], item))
        at++;
    is_new = at == cmd->n_items || is_before(item, &cmd->items[at]);
    if (shapes_code(is_new ? NULL : &cmd->items[at], item))
        drop_program_locked(cmd);
    if (is_new) {
        items = realloc(cmd->items, (cmd->n_items + 1) * sizeof *items);
        if (!items)
            return TT_FAIL(NXS_OutOfHostMemory, "no memory for an argument");
        memmove(&items[at + 1], &items[at],
                (cmd->n_items - at) * sizeof *items);
        cmd->items = items;
        cmd->n_items++;
    }
    cmd->items[at] = *item;
    return NXS_Success;
}

/* Text of a macro: one line that the next does not continue. */
static bool is_one_line(const char *text)
{
    char last = ' ';

    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 127)
            return false;
        if (*text != ' ')
            last = *text;
    }
    return last != '\\';
}

static struct tt_text_item *find_text_locked(struct tt_command *cmd,
                                             const struct tt_text_item *like,
                                             size_t name_len)
{
    for (size_t i = 0; i < cmd->n_texts; i++) {
        struct tt_text_item *t = &cmd->texts[i];

        if (t->roles == like->roles && t->named == like->named &&
            strncmp(t->name, like->name, name_len) == 0 && !t->name[name_len])
            return t;
    }
    return NULL;
}

/* @like->name need not be terminated after @name_len. */
static nxs_status set_text_locked(struct tt_command *cmd,
                                  const struct tt_text_item *like,
                                  size_t name_len)
{
    struct tt_text_item *item = find_text_locked(cmd, like, name_len);
    char *value, *name;

    if (!item && cmd->n_texts == TT_MAX_TEXT_ITEMS)
        return TT_FAIL(NXS_OutOfResources,
                       "command %d has %u definitions and named constants, "
                       "no room for \"%.*s\"",
                       cmd->object.id, TT_MAX_TEXT_ITEMS, (int)name_len,
                       like->name);
    value = strdup(like->value);
    name = item ? item->name : strndup(like->name, name_len);
    if (!name || !value) {
        free(value);
        if (!item)
            free(name);
        return TT_FAIL(NXS_OutOfHostMemory, "no memory for a definition");
    }
    if (!item) {
        item = &cmd->texts[cmd->n_texts++];
        *item = (struct tt_text_item){
            .roles = like->roles, .named = like->named, .name = name};
    }
    free(item->value);
    item->value = value;
    drop_program_locked(cmd);
    return NXS_Success;
}

/* The 32 bits that a kernel gets. Without TT_SETTINGS_EXACT hosts always store
 * at least 32 bits, whatever type they name, except for bool. */
static uint32_t word_of(const void *value, nxs_uint settings)
{
    nxs_uint type = settings & NXS_DataType_Mask;
    uint8_t byte;
    uint16_t half;
    uint32_t word;

    memcpy(&byte, value, sizeof byte);
    if (type == NXS_DataType_Bool)
        return byte != 0;
    if (settings & TT_SETTINGS_EXACT && tt_datatype_is_valid(type)) {
        if (type == NXS_DataType_I8)
            return (uint32_t)(int8_t)byte;
        if (type && tt_datatype_bits(type) <= 8)
            return byte;
        memcpy(&half, value, sizeof half);
        if (type == NXS_DataType_I16)
            return (uint32_t)(int16_t)half;
        if (tt_datatype_bits(type) == 16)
            return half;
    }
    memcpy(&word, value, sizeof word);
    return word;
}

/* The text of a definition's number. Reals go by their bits: exact, valid for
 * NaN, and the same in every locale of the host. */
static void spell_number(uint32_t word, nxs_uint settings, char *out,
                         size_t size)
{
    nxs_uint type = settings & NXS_DataType_Mask;

    if (settings & TT_SETTINGS_EXACT && type == NXS_DataType_BF16)
        word <<= 16;
    /* without TT_SETTINGS_EXACT bit 1 may be the constant's: 3 is F32, too */
    if (type == NXS_DataType_F32 || type == NXS_DataType_BF16)
        snprintf(out, size, "__builtin_bit_cast(float, 0x%08xu)", word);
    else if (type == NXS_DataType_U32 || type == NXS_DataType_U16)
        snprintf(out, size, "%uu", word);
    else
        snprintf(out, size, "%d", (int)word);
}

static nxs_status check_cb_index(nxs_int index)
{
    if (index >= (nxs_int)TT_N_CB)
        return TT_FAIL(NXS_InvalidArgIndex,
                       "circular buffer %d: the last is %u", index,
                       TT_N_CB - 1);
    return NXS_Success;
}

/* A circular buffer is of its own or over a buffer's shards: the last call
 * decides. */
static void drop_cb_buffer_locked(struct tt_command *cmd, nxs_int index)
{
    for (size_t i = 0; i < cmd->n_items; i++)
        if (cmd->items[i].kind == TT_ARGNAME_CB &&
            cmd->items[i].index == index) {
            cmd->n_items--;
            memmove(&cmd->items[i], &cmd->items[i + 1],
                    (cmd->n_items - i) * sizeof *cmd->items);
            return;
        }
}

static nxs_status set_cb_buffer_locked(struct tt_command *cmd,
                                       struct tt_role_item *item)
{
    nxs_status status = check_cb_index(item->index);
    uint32_t tile_bytes;
    uint8_t format;

    if (status < 0)
        return status;
    if (!tt_spread_is_sharded(&item->arg.spread))
        return TT_FAIL(NXS_InvalidArgValue,
                       "circular buffer %d: buffer %d is in %s, want one that "
                       "is sharded",
                       item->index, item->arg.buffer,
                       tt_spread_name(&item->arg.spread));
    if (!tt_datatype_format(item->arg.data_type, &format, &tile_bytes))
        return TT_FAIL(NXS_InvalidArgValue,
                       "circular buffer %d: no device format for %s",
                       item->index, tt_datatype_name(item->arg.data_type));
    item->roles = 0;
    status = set_item_locked(cmd, item);
    if (status >= 0)
        cmd->cbs[item->index].n_tiles = 0;
    return status;
}

static nxs_status set_cb_locked(struct tt_command *cmd, nxs_int index,
                                uint32_t n_tiles, nxs_uint settings)
{
    nxs_uint type = settings & NXS_DataType_Mask;
    nxs_status status = check_cb_index(index);

    if (status < 0)
        return status;
    if (!n_tiles || n_tiles > INT32_MAX)
        return TT_FAIL(NXS_InvalidArgValue,
                       "circular buffer %d: %d tiles, want at least 1", index,
                       (int)n_tiles);
    if (!tt_datatype_is_valid(type))
        return TT_FAIL(NXS_InvalidArgValue,
                       "circular buffer %d: there is no data type %u", index,
                       type);
    drop_cb_buffer_locked(cmd, index);
    cmd->cbs[index] = (struct tt_cb_constant){n_tiles, settings};
    drop_program_locked(cmd);
    return NXS_Success;
}

static nxs_status set_dst_fp32_locked(struct tt_command *cmd, uint32_t word)
{
    word &= 0xFFu; /* a bool fills only the first byte */
    if (word > 1)
        return TT_FAIL(NXS_InvalidArgValue,
                       "FP32_DEST_ACC %u is neither 0 nor 1", word);
    cmd->dst_fp32 = word != 0;
    drop_program_locked(cmd);
    return NXS_Success;
}

static nxs_status set_fidelity_locked(struct tt_command *cmd, uint32_t word)
{
    if (word > 4 || word == 1)
        return TT_FAIL(NXS_InvalidArgValue,
                       "MATH_FIDELITY %u is none of 0, 2, 3, 4", word);
    cmd->fidelity = (uint8_t)word;
    drop_program_locked(cmd);
    return NXS_Success;
}

static nxs_status set_define_locked(struct tt_command *cmd,
                                    struct tt_argname name, uint32_t word,
                                    nxs_uint settings)
{
    size_t len = strcspn(name.rest, "=");
    char number[48];
    struct tt_text_item item = {
        .roles = name.roles, .name = (char *)name.rest, .value = number};

    if (!tt_argname_is_identifier(name.rest, len) ||
        !is_one_line(name.rest + len))
        return TT_FAIL(NXS_InvalidArgValue,
                       "definition \"%.64s\": want an identifier, then "
                       "nothing or = and one line",
                       name.rest);
    spell_number(word, settings, number, sizeof number);
    if (name.rest[len])
        item.value = (char *)name.rest + len + 1;
    return set_text_locked(cmd, &item, len);
}

static nxs_status set_named_locked(struct tt_command *cmd, const char *name,
                                   uint32_t word)
{
    char number[16];
    struct tt_text_item item = {.roles = TT_ALL_ROLES,
                                .named = true,
                                .name = (char *)name,
                                .value = number};

    if (!tt_argname_is_identifier(name, strlen(name)))
        return TT_FAIL(NXS_InvalidArgValue,
                       "the name \"%.64s\" of a constant is no identifier",
                       name);
    snprintf(number, sizeof number, "%uu", word);
    return set_text_locked(cmd, &item, strlen(name));
}

static nxs_status set_l1_locked(struct tt_command *cmd,
                                const struct tt_role_item *item)
{
    if (!item->arg.word || item->arg.word > TT_L1_SIZE)
        return TT_FAIL(NXS_InvalidArgValue,
                       "\"L1\" %d: %u bytes, a core has %u", item->index,
                       item->arg.word, TT_L1_SIZE);
    return set_item_locked(cmd, item);
}

static bool is_constant(nxs_uint settings)
{
    if (settings & TT_SETTINGS_EXACT)
        return settings & TT_SETTINGS_CONSTANT;
    return settings & NXS_CommandArgType_Constant;
}

static bool is_too_wide(nxs_uint settings)
{
    nxs_uint type = settings & NXS_DataType_Mask;

    return settings & TT_SETTINGS_EXACT && tt_datatype_is_valid(type) &&
           tt_datatype_bits(type) > 32;
}

static nxs_status set_scalar_locked(struct tt_command *cmd, nxs_int index,
                                    const void *value, const char *name,
                                    nxs_uint settings)
{
    struct tt_argname parsed = tt_argname_parse(name);
    struct tt_role_item item = {.kind = parsed.kind,
                                .roles = parsed.roles,
                                .index = index,
                                .arg.kind = TT_ARG_WORD};
    uint32_t n_tiles;

    if (parsed.kind != TT_ARGNAME_CB && is_too_wide(settings))
        return TT_FAIL(NXS_InvalidArgValue,
                       "argument %d: a kernel reads 32 bits, not %s", index,
                       tt_datatype_name(settings & NXS_DataType_Mask));
    item.arg.word = word_of(value, settings);
    switch (parsed.kind) {
    case TT_ARGNAME_CB:
        memcpy(&n_tiles, value, sizeof n_tiles);
        return set_cb_locked(cmd, index, n_tiles, settings);
    case TT_ARGNAME_CTA:
    case TT_ARGNAME_ARG:
        return set_item_locked(cmd, &item);
    case TT_ARGNAME_L1:
        return set_l1_locked(cmd, &item);
    case TT_ARGNAME_DEFINE:
        return set_define_locked(cmd, parsed, item.arg.word, settings);
    case TT_ARGNAME_DST_FP32:
        return set_dst_fp32_locked(cmd, item.arg.word);
    case TT_ARGNAME_FIDELITY:
        return set_fidelity_locked(cmd, item.arg.word);
    case TT_ARGNAME_OTHER:
        if (is_constant(settings))
            return set_named_locked(cmd, name, item.arg.word);
        break;
    default:
        break;
    }
    set_arg_locked(cmd, index, &item.arg);
    return NXS_Success;
}

/* Pin the command if an argument of this index can be set. */
static nxs_status begin(nxs_int command_id, nxs_int index,
                        struct tt_command **out)
{
    struct tt_command *cmd = tt_command_get(command_id);
    nxs_status status = NXS_Success;

    if (!cmd)
        return TT_FAIL(NXS_InvalidCommand, "command %d is not live",
                       command_id);
    if (cmd->type != NXS_CommandType_Dispatch)
        status = TT_FAIL(NXS_InvalidOperation,
                         "command %d is a signal or a wait: it takes no "
                         "arguments",
                         command_id);
    else if (index < 0 || index >= NXS_KERNEL_MAX_ARGS)
        status = TT_FAIL(NXS_InvalidArgIndex,
                         "command %d: argument index %d, the last is %d",
                         command_id, index, NXS_KERNEL_MAX_ARGS - 1);
    if (status < 0)
        tt_command_put(cmd);
    else
        *out = cmd;
    return status;
}

nxs_status nxsSetCommandScalar(nxs_int command_id, nxs_int index, void *value,
                               const char *name, nxs_uint settings)
{
    struct tt_command *cmd = NULL;
    nxs_status status = begin(command_id, index, &cmd);

    if (status < 0)
        return status;
    if (!value) {
        status = TT_FAIL(NXS_InvalidArgValue,
                         "command %d: the value of argument %d is NULL",
                         command_id, index);
    } else {
        pthread_mutex_lock(&cmd->lock);
        status = set_scalar_locked(cmd, index, value, name, settings);
        pthread_mutex_unlock(&cmd->lock);
    }
    tt_command_put(cmd);
    return status;
}

static nxs_status set_buffer(struct tt_command *cmd, nxs_int index,
                             const struct tt_buffer *buffer, const char *name)
{
    struct tt_argname parsed = tt_argname_parse(name);
    struct tt_role_item item = {
        .kind = parsed.kind,
        .roles = parsed.roles,
        .index = index,
        .arg = {.kind = TT_ARG_BUFFER,
                .word = (uint32_t)buffer->addr,
                .buffer = buffer->object.id,
                .data_type = buffer->shape.data_type,
                .page_stride = tt_buffer_page_stride(buffer),
                .spread = buffer->layout.spread}};
    nxs_status status = NXS_Success;

    if (buffer->npu != cmd->npu)
        return TT_FAIL(NXS_InvalidBuffer,
                       "buffer %d is of device %d, the command of %d",
                       buffer->object.id, buffer->npu->index, cmd->npu->index);
    switch (parsed.kind) {
    case TT_ARGNAME_L1:
    case TT_ARGNAME_DEFINE:
    case TT_ARGNAME_DST_FP32:
    case TT_ARGNAME_FIDELITY:
        return TT_FAIL(NXS_InvalidArgValue,
                       "argument %d: \"%.64s\" takes a number, not a buffer",
                       index, name);
    default:
        break;
    }
    pthread_mutex_lock(&cmd->lock);
    if (parsed.kind == TT_ARGNAME_CB)
        status = set_cb_buffer_locked(cmd, &item);
    else if (parsed.kind == TT_ARGNAME_CTA || parsed.kind == TT_ARGNAME_ARG)
        status = set_item_locked(cmd, &item);
    else
        set_arg_locked(cmd, index, &item.arg);
    pthread_mutex_unlock(&cmd->lock);
    return status;
}

/* Bit 1 of the settings of a buffer is part of its type, never a flag; the
 * buffer knows its type, so they are not needed at all. */
nxs_status nxsSetCommandArgument(nxs_int command_id, nxs_int index,
                                 nxs_int buffer_id, const char *name,
                                 nxs_uint settings)
{
    struct tt_command *cmd = NULL;
    struct tt_buffer *buffer;
    nxs_status status = begin(command_id, index, &cmd);

    (void)settings;
    if (status < 0)
        return status;
    buffer = tt_buffer_get(buffer_id);
    if (buffer)
        status = set_buffer(cmd, index, buffer, name);
    else
        status = TT_FAIL(NXS_InvalidBuffer, "buffer %d is not live", buffer_id);
    tt_buffer_put(buffer);
    tt_command_put(cmd);
    return status;
}
