#!/bin/sh
# curtaild's commands for root, beside the service: with the secrets that the service is given.
# As /usr/local/bin/curtaild.
export CREDENTIALS_DIRECTORY=/etc/curtaild/credentials
exec /opt/curtaild/bin/curtaild "$@"
