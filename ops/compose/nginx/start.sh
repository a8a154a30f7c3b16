#!/bin/sh
# Starts nginx on the port and scheme of this suite: TALKOO_PORT, TALKOO_BASE_URL.
set -eu
scheme=${TALKOO_BASE_URL%%:*}
sed -e "s/@PORT@/$TALKOO_PORT/" -e "s/@SCHEME@/$scheme/" /etc/talkoo/nginx.conf > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf -g "daemon off;"
