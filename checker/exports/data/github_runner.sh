#!/usr/bin/env bash
# What GitHub's own runners need before the checker can work. Does nothing on other machines.
set -eu
[ "${RUNNER_ENVIRONMENT:-}" = github-hosted ] || exit 0
# MySQL is installed there, and MariaDB cannot stand beside it.
sudo apt-get purge --yes 'mysql-server*' 'mysql-client*'
# Ubuntu 24.04 lets only programs with a profile make user namespaces; the jail makes some.
sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0
