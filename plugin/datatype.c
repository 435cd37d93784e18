/* SPDX-License-Identifier: MIT */
/* Element types: their sizes, their device formats, and their guesses. */
#include "plugin/datatype.h"

#define N_TYPES ((nxs_uint)NXS_DataType_Bool + 1u)
#define NONE    0xFFu

/* Format codes: ISA documentation, "FormatConversion" and ttsim's field
 * tables; integers of 16 bits have one format, signed or not. */
static const struct {
    const char *name;
    unsigned char bits;
    unsigned char elem;
    unsigned char format;
    unsigned short tile_bytes;
} types[N_TYPES] = {
    [NXS_DataType_Undefined] = {"bytes", 8, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_F32] = {"F32", 32, TT_ELEM_32, 0, 4096},
    [NXS_DataType_F16] = {"F16", 16, TT_ELEM_16, 1, 2048},
    [NXS_DataType_BF16] = {"BF16", 16, TT_ELEM_16, 5, 2048},
    [NXS_DataType_F8] = {"F8", 8, TT_ELEM_E4M3, 2, TT_BFP8_TILE},
    [NXS_DataType_BF8] = {"BF8", 8, TT_ELEM_E5M2, 6, TT_BFP8_TILE},
    [NXS_DataType_F4] = {"F4", 4, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_BF4] = {"BF4", 4, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_I32] = {"I32", 32, TT_ELEM_32, 8, 4096},
    [NXS_DataType_U32] = {"U32", 32, TT_ELEM_32, 24, 4096},
    [NXS_DataType_I16] = {"I16", 16, TT_ELEM_16, 9, 2048},
    [NXS_DataType_U16] = {"U16", 16, TT_ELEM_16, 9, 2048},
    [NXS_DataType_I8] = {"I8", 8, TT_ELEM_8, 14, 1024},
    [NXS_DataType_U8] = {"U8", 8, TT_ELEM_8, 30, 1024},
    [NXS_DataType_I4] = {"I4", 4, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_U4] = {"U4", 4, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_F64] = {"F64", 64, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_I64] = {"I64", 64, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_U64] = {"U64", 64, TT_ELEM_RAW, NONE, 0},
    [NXS_DataType_Bool] = {"Bool", 8, TT_ELEM_RAW, NONE, 0},
};

bool tt_datatype_is_valid(nxs_uint type)
{
    return type < N_TYPES;
}

const char *tt_datatype_name(nxs_uint type)
{
    return type < N_TYPES ? types[type].name : "type?";
}

unsigned tt_datatype_bits(nxs_uint type)
{
    return types[type].bits;
}

enum tt_elem tt_datatype_elem(nxs_uint type)
{
    return (enum tt_elem)types[type].elem;
}

bool tt_datatype_format(nxs_uint type, uint8_t *out_format,
                        uint32_t *out_tile_bytes)
{
    if (type >= N_TYPES || types[type].format == NONE)
        return false;
    *out_format = types[type].format;
    *out_tile_bytes = types[type].tile_bytes;
    return true;
}

nxs_uint tt_datatype_of_constant(nxs_uint settings, nxs_uint buffer_type)
{
    nxs_uint code = settings & NXS_DataType_Mask;
    nxs_uint flag = NXS_CommandArgType_Constant;

    if (settings & TT_SETTINGS_EXACT)
        return code;
    if (code == NXS_DataType_Undefined)
        return buffer_type;
    if (!(code & flag))
        return code;
    /* Both types that this code may stand for are one of these two. */
    if (buffer_type && (buffer_type | flag) == code)
        return buffer_type;
    switch (code) {
    case NXS_DataType_F16: /* F16, or no type */
        return buffer_type ? buffer_type : NXS_DataType_F16;
    case NXS_DataType_I16: /* I32, or a Python int without a type */
        return buffer_type ? buffer_type : NXS_DataType_I32;
    case NXS_DataType_BF16: /* F32 or BF16 */
        return NXS_DataType_BF16;
    default:
        return code & ~flag;
    }
}
