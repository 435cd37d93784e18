/* SPDX-License-Identifier: MIT */
/* Element types: their sizes, their device formats, and their guesses. */
#ifndef TT_DATATYPE_H
#define TT_DATATYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "device/layout.h"
#include "nexus-api.h"

/** tt_datatype_is_valid - whether @type is one of enum nxs_data_type's element
 *  types (0..19) */
bool tt_datatype_is_valid(nxs_uint type);

/** tt_datatype_name - for instance "BF16"; "type?" for an invalid one */
const char *tt_datatype_name(nxs_uint type);

/** tt_datatype_bits - bits of one element on the host; 8 for Undefined, which
 *  means bytes; @type must be valid */
unsigned tt_datatype_bits(nxs_uint type);

/** tt_datatype_elem - how elements are stored; @type must be valid; whatever
 *  the Tensix cores have no format for is raw bytes */
enum tt_elem tt_datatype_elem(nxs_uint type);

/**
 * tt_datatype_format - the Tensix data format of a circular buffer
 * @type: any value
 * @out_format: format code (ISA documentation, DataFormat)
 * @out_tile_bytes: bytes of one 32 x 32 tile
 *
 * Return: whether there is such a format.
 */
bool tt_datatype_format(nxs_uint type, uint8_t *out_format,
                        uint32_t *out_tile_bytes);

/**
 * tt_datatype_of_constant - the type meant by the settings of a "CB" constant
 * @settings: as given to nxsSetCommandScalar()
 * @buffer_type: type of the buffer argument that belongs to the circular
 *               buffer, NXS_DataType_Undefined if there is none
 *
 * Hosts or the constant flag (2) into the type without shifting it, so that
 * two types share each code; the buffer decides between them. Without one
 * the type that does not have bit 1 is taken, but BF16 before F32, and a
 * missing type (code 2, 10 or 0) is the buffer's. TT_SETTINGS_EXACT and
 * settings without bit 1 are taken literally.
 *
 * Return: a valid type; Undefined only if there was nothing to go by.
 */
nxs_uint tt_datatype_of_constant(nxs_uint settings, nxs_uint buffer_type);

#endif
