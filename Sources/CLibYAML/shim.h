#pragma once
/* Configuration files: libyaml, whose events carry the lines that messages name. */
#include <yaml.h>
