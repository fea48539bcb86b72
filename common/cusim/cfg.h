// SPDX-License-Identifier: MIT
/* cfg.h - the control flow of a decoded function: where parted lanes meet again. */
#ifndef CUSIM_CFG_H
#define CUSIM_CFG_H

#include "code.h"

/* cusim_cfg_joins - sets join of each branch, and CUSIM_FLAG_JOIN where lanes may meet.
 *   errors  false: out of memory */
bool cusim_cfg_joins(CusimCode *code);
#endif
