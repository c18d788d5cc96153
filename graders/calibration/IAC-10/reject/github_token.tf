# why: a token of a code host in user_data
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_launch_template" "worker" {
  name_prefix   = "orders-worker-"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "t4g.small"

  user_data = base64encode(<<-EOT
    #!/bin/bash
    set -euo pipefail
    git clone https://x-access-token:ghp_7Jq2LmX9vRt4KpWz8YnBc3Hd6Fs1Ga5Ue0To@git.example.com/acme/worker.git
    exec /usr/local/bin/worker
  EOT
  )
}
