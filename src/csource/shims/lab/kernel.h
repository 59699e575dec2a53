#pragma once
/* Stands for every header of a kernel that is not taken from the tree. */
#include <lab/types.h>
#include <lab/operations.h>
#include <lab/access.h>
#include <lab/percpu.h>
#include <lab/cpumask.h>
#include <lab/machine.h>
#include <lab/absent.h>
#include <lab/broadcast.h>
#include <lab/mm.h>
