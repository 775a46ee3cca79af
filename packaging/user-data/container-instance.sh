#!/bin/bash
# User-data of an ECS container instance (Amazon Linux 2023 or 2; Debian and Ubuntu too) in a subnet
# without internet: brings vpce-probe in, and holds the ECS agent back until the endpoints answer.
#
# Fill in what says REPLACE_WITH_... . It runs once, as root, in cloud-init's last stage, and says what it
# does in /var/log/cloud-init-output.log. On Amazon Linux ecs.service waits for the end of this stage, so that
# waiting for ecs.service here would wait for ever; the agent starts by itself afterwards, whatever happens
# here. On Debian and Ubuntu ecs.service does not wait: leave it disabled in the image, as its package does,
# and set ENABLE_AGENT. This ends with 1 only when the program could not be brought in, which
# `cloud-init status` then tells.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

CLUSTER=REPLACE_WITH_CLUSTER

# Where the program comes from:
#   s3   from a bucket of this Region, through the S3 gateway endpoint. The instance's role may s3:GetObject
#        it, or the bucket's policy lets everybody in who comes through the endpoint (aws:SourceVpce).
#   ecr  out of its image, through the endpoints ecr.api, ecr.dkr and the S3 gateway. Needs a role with
#        AmazonEC2ContainerServiceforEC2Role, and in the machine image the AWS CLI or the ECR credential
#        helper, of which an ECS-optimized one may have neither.
#   ami  it is in the machine image already, put there when the image was built.
SOURCE=s3
BUCKET=REPLACE_WITH_BUCKET
# aarch64 for Graviton.
KEY=vpce-probe/0.1.0/x86_64/vpce-probe
IMAGE=REPLACE_WITH_ACCOUNT.dkr.ecr.REPLACE_WITH_REGION.amazonaws.com/vpce-probe:0.1.0
# That of the program, from SHA256SUMS of the release. What has another sum is not installed.
SHA256=REPLACE_WITH_SHA256

# Empty for no gate: the agent then starts without waiting for the endpoints.
GATE=yes
# yes where the image does not enable the agent: Debian, Ubuntu, Amazon Linux with only ecs-init added.
ENABLE_AGENT=

PROGRAM=/usr/bin/vpce-probe
IMDS=http://169.254.169.254/latest

say() { echo "vpce-probe user-data: $*"; }

# A line of /etc/ecs/ecs.config, unless somebody has set it already.
ecs_config() {
  local file=/etc/ecs/ecs.config
  mkdir -p /etc/ecs
  touch "$file"
  ! grep -q "^$1=" "$file" || return 0
  [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
  echo "$1=$2" >>"$file"
}

# Network, metadata and a new endpoint can be late at boot: about two minutes of trying. The agent waits
# meanwhile, so that it is five at most, however slow each try is.
persistently() {
  local try begun=$SECONDS
  for try in 1 2 3 4 5 6 7 8; do
    if "$@"; then return 0; fi
    say "$1 has failed, try $try of 8"
    if [ "$try" -eq 8 ] || [ $((SECONDS - begun)) -gt 180 ]; then return 1; fi
    sleep $((try * 4))
  done
}

imds() {
  local token
  token=$(curl --silent --show-error --fail --max-time 5 --noproxy '*' --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$IMDS/api/token") || return 1
  curl --silent --show-error --fail --max-time 5 --noproxy '*' \
    --header "X-aws-ec2-metadata-token: $token" "$IMDS/meta-data/$1"
}

# Signed with the role's credentials, which stay out of the table of processes; where there is no role, not
# signed. curl signs as S3 wants it from 7.88 on: with an older one install the AWS CLI.
s3_by_curl() {
  local region domain role credentials
  region=$(imds placement/region) && domain=$(imds services/domain) || return 1
  {
    echo "url = \"https://$BUCKET.s3.$region.$domain/$KEY\""
    if role=$(imds iam/security-credentials/ 2>/dev/null) && [ -n "$role" ]; then
      credentials=$(imds "iam/security-credentials/$role") || return 1
      word() { sed -n "s/^ *\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$credentials"; }
      echo "aws-sigv4 = \"aws:amz:$region:s3\""
      echo "user = \"$(word AccessKeyId):$(word SecretAccessKey)\""
      echo "header = \"x-amz-security-token: $(word Token)\""
      echo "header = \"x-amz-content-sha256: UNSIGNED-PAYLOAD\""
    fi
  } | curl --config - --silent --show-error --fail --connect-timeout 5 --max-time 60 --output "$1"
}

from_s3() {
  local region
  # The AWS CLI gives up where the instance has no role, and by itself waits for minutes.
  if command -v aws >/dev/null; then
    region=$(imds placement/region) || return 1
    ! timeout 60 aws s3 cp --only-show-errors --region "$region" "s3://$BUCKET/$KEY" "$1" || return 0
  fi
  s3_by_curl "$1"
}

from_ecr() {
  local registry=${IMAGE%%/*} region container
  if command -v docker-credential-ecr-login >/dev/null; then
    mkdir -p "$scratch/docker"
    echo "{\"credHelpers\": {\"$registry\": \"ecr-login\"}}" >"$scratch/docker/config.json"
  else
    region=$(imds placement/region) || return 1
    timeout 20 aws ecr get-login-password --region "$region" |
      timeout 20 docker --config "$scratch/docker" login --username AWS --password-stdin "$registry" || return 1
  fi
  container=$(timeout 60 docker --config "$scratch/docker" create "$IMAGE") || return 1
  docker cp "$container:/vpce-probe" "$1" || { docker rm "$container" >/dev/null; return 1; }
  docker rm "$container" >/dev/null
}

is_right() { echo "$SHA256  $1" | sha256sum --check --status; }

bring_in() {
  # A program of the image is used as it is; one of a former run is not fetched again.
  if [ -x "$PROGRAM" ] && { [ "$SOURCE" = ami ] || is_right "$PROGRAM"; }; then return 0; fi
  [ "$SOURCE" != ami ] || { say "$PROGRAM is not in the machine image"; return 1; }
  persistently "from_$SOURCE" "$scratch/vpce-probe" || return 1
  is_right "$scratch/vpce-probe" || { say "what was fetched has another checksum"; return 1; }
  install -m 755 "$scratch/vpce-probe" "$PROGRAM.new" || return 1
  "$PROGRAM.new" --version || {
    say "what was fetched does not run here: is it for another processor?"
    rm "$PROGRAM.new"
    return 1
  }
  # In its place at once, and with the label that SELinux wants there.
  mv -f "$PROGRAM.new" "$PROGRAM" || return 1
  ! command -v restorecon >/dev/null || restorecon "$PROGRAM" || true
}

# The same file as systemd/ecs.service.d/10-vpce-probe.conf, without its comments.
install_gate() {
  mkdir -p /etc/systemd/system/ecs.service.d
  cat >/etc/systemd/system/ecs.service.d/10-vpce-probe.conf <<'GATE'
[Service]
Environment=VPCE_PROBE_TIMEOUT=5m VPCE_PROBE_ONLY=ecs,ecs-agent,ecs-telemetry
ExecStartPre=-/usr/bin/timeout --signal=KILL 330 /usr/bin/vpce-probe wait --short
TimeoutStartSec=420
GATE
  systemctl daemon-reload
}

# First of all, so that the instance joins the right cluster even if nothing else works.
ecs_config ECS_CLUSTER "$CLUSTER"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ended=0
if bring_in; then
  [ -z "$GATE" ] || install_gate || say "there is no gate"
  # For the log only: the gate waits, this does not. What else is to be checked, such as what features of the
  # tasks need, stands in /etc/vpce-probe/config.toml.
  "$PROGRAM" --short ||
    say "not all endpoints answer yet; a gate waits for those of ECS for five minutes at most"
else
  say "the program is not there; the ECS agent starts without it"
  ended=1
fi

# After the gate, as it may start at once. Where it waits for this stage it is only queued: without
# --no-block this would wait for its own end.
[ -z "$ENABLE_AGENT" ] || systemctl enable --now --no-block ecs.service
[ "$ended" -eq 0 ]
